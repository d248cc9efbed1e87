import { inspectIndex, inspectLog, isLogError, lookAtEmbedded, openEmbedded, withClient, type Connection, type EmbeddedLook } from '@assay/event-log';
import { serverLogins } from '@assay/runtime';
import type { CliConfig } from '../config.js';
import { checkEventStore } from './event-store.js';
import { fault, ok, unavailable, warning, type Finding } from './finding.js';
import { checkKeys } from './keys.js';
import { checkLog } from './log.js';
import { checkProjections } from './projections.js';

/** What a look into a database needs beside the settings. */
export interface Looking {
  readonly config: CliConfig;
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Told before anything is started. */
  readonly say: (line: string) => void;
}

/** A database of one's own, or null where a server is named. */
export const lookIfEmbedded = async ({ databaseUrl, dataFolder, log }: CliConfig): Promise<EmbeddedLook | null> => (databaseUrl === undefined ? lookAtEmbedded(dataFolder, log) : null);

/** Everything that is in the log's database, or why it cannot be looked into. */
export async function checkDatabase(looking: Looking, look: EmbeddedLook | null, roomToStart: boolean): Promise<readonly Finding[]> {
  if (look === null) return checkServer(looking);
  if (look.bundledMajor === null) return [unavailable('EMBEDDED_MISSING', { found: 'there is no embedded PostgreSQL for this platform', remedy: 'run a PostgreSQL server and name its database by DATABASE_URL' })];
  if (look.clusterMajor === null) return [ok('database', `${look.home} holds no database yet; the first start makes it`)];
  if (look.clusterMajor !== look.bundledMajor) {
    const found = `${look.home} was made by PostgreSQL ${look.clusterMajor}, and this release brings ${look.bundledMajor}`;
    return [unavailable('DATABASE_MAJOR', { found, remedy: 'run backup with the release that made it, move the folder away but for its keys, then restore with this one' })];
  }
  if (look.logins === null) return [unavailable('SECRETS_UNREADABLE', { found: `${look.secrets.file} cannot be read by this user`, remedy: 'run as the user who made the data folder' })];
  const exposed = ((look.secrets.mode ?? 0) & 0o077) === 0 ? [] : [fault('database', 'SECRETS_EXPOSED', { found: `others can read ${look.secrets.file} (mode ${(look.secrets.mode ?? 0).toString(8)})`, remedy: `chmod 600 ${look.secrets.file}` })];
  if (look.pid !== null) return [...exposed, ...(await checkConnected(looking, { ...look.logins, twoLogins: true }))];
  return [...exposed, ...(roomToStart ? await checkStarted(looking) : [unavailable('DATABASE_STOPPED', { found: 'the embedded PostgreSQL does not run, and there is no room to start it', remedy: 'free some space first' })])];
}

/** It is started to be looked into, and stopped again. */
async function checkStarted(looking: Looking): Promise<readonly Finding[]> {
  const { config, signal, say } = looking;
  say('the embedded PostgreSQL does not run; it is started to look into it, and stopped again');
  try {
    const embedded = await openEmbedded({ dataDir: config.dataFolder, log: config.log, existing: true, signal, say });
    try {
      return await checkConnected(looking, { ...embedded, twoLogins: true });
    } finally {
      await embedded.close();
    }
  } catch (error) {
    return [unreachable(error, config)];
  }
}

async function checkServer(looking: Looking): Promise<readonly Finding[]> {
  const { app, owner } = serverLogins(looking.config);
  const schema = looking.config.eventStore === undefined ? 'assay' : 'order_index';
  return [...(owner === null ? [] : await checkOwner(owner, schema)), ...(await checkConnected(looking, { app, twoLogins: owner !== null }))];
}

/** The owner's login is used at the start alone: that it does not work shows only then. */
async function checkOwner(owner: Connection, schema: 'assay' | 'order_index'): Promise<readonly Finding[]> {
  try {
    const owns = await withClient(owner, async (client) => {
      const { rows } = await client.query<{ owns: boolean }>(`SELECT coalesce((SELECT pg_has_role(current_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = $1), has_database_privilege(current_database(), 'CREATE')) AS owns`, [schema]);
      return rows[0]?.owns === true;
    });
    return owns ? [] : [fault('grants', 'OWNER_WRONG', { found: 'the login of DATABASE_OWNER_URL does not own the log', remedy: `name the login that made it, or make this one its owner (ALTER SCHEMA ${schema} OWNER TO ...)` })];
  } catch (error) {
    return [fault('grants', 'OWNER_REFUSED', { found: `the login of DATABASE_OWNER_URL cannot connect: ${reasonOf(error)}`, remedy: 'check its address and password; migrations at the start need it' })];
  }
}

async function checkConnected({ config, clock }: Looking, { app, twoLogins }: { readonly app: Connection; readonly twoLogins: boolean }): Promise<readonly Finding[]> {
  try {
    const { eventStore } = config;
    // With an event store the database holds the order index of the log, and the rest of what follows from it.
    const seen = await (eventStore === undefined ? inspectLog(app, clock) : inspectIndex(app, clock));
    const { log } = seen;
    const findings = [...checkLog(seen, { name: config.log, twoLogins }), ...(eventStore === undefined ? [] : [await checkEventStore(eventStore, { app, indexed: log })])];
    if (log === null || log.grants.missing.length > 0 || log.lastPosition < 0) return findings;
    return [...findings, ...(await checkKeys(config.dataFolder, log.id)), ...(await checkProjections(app, log.lastPosition))];
  } catch (error) {
    return [unreachable(error, config)];
  }
}

const NO_SUCH_DATABASE = '3D000';

function unreachable(error: unknown, { log, databaseUrl }: CliConfig): Finding {
  if (!isLogError(error)) throw error;
  if (error.facts['sqlState'] === NO_SUCH_DATABASE || error.facts['database'] !== undefined)
    return warning('log', 'LOG_MISSING', { found: `there is no log ${log} here: its database is missing`, remedy: `name another by --log, or open it: open --log ${log} ...` });
  const server = databaseUrl !== undefined;
  if (error.code === 'Unauthorized') return unavailable('DATABASE_REFUSED', { found: `the database refuses the login: ${reasonOf(error)}`, remedy: server ? 'check user and password of DATABASE_URL, and that it may connect' : 'the passwords in the data folder are not those of the database; bring secrets.json back' });
  const remedy = server ? 'check that the server runs, and host and port of DATABASE_URL' : 'see postgres.log in the data folder; where it says nothing, start once more';
  return unavailable('DATABASE_UNAVAILABLE', { found: `the database does not answer: ${reasonOf(error)}`, remedy });
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
