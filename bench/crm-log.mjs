// The log that reading is measured on: a generated CRM export, replayed as `import crm --replay` does it, with everything
// behind it opened the way the application opens it.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readCompany, readImport } from '../dist/apps/cli/src/import/input.js';
import { openReplayTarget } from '../dist/apps/cli/src/import/open-target.js';
import { replay } from '../dist/apps/cli/src/import/replay.js';
import { runSeed } from '../dist/apps/cli/src/seed.command.js';
import { eventCatalogue } from '../dist/libs/domain/src/index.js';
import { EventCodec, EventStore, openEmbedded, openLocalKeyStore, openPostgresLog, withClient } from '../dist/libs/event-log/src/index.js';
import { definitionHashes, isReadModelError, ReadModels, readModelSchemaSql } from '../dist/libs/read-models/src/index.js';
import { temporaryFolder } from './folder.mjs';
import { printLoad, printMachine } from './machine.mjs';
import { demandDurable } from './server.mjs';
import { print } from './statistics.mjs';

export const LOG = 'crm';
const COLUMNS = `position, stream, revision, id, type, schema_version, convert_from(body, 'UTF8'), convert_from(meta, 'UTF8'), recorded_at`;
const BODY = 6;
const META = 7;
const PAGE_ROWS = 2000;
const AS_TEXT = { getTypeParser: () => (value) => value };
/** As the application's own pool for read models has it. */
const VIEWS_POOL = { max: 8, options: '-c synchronous_commit=off' };

/** Runs a measurement over such a log, in the folder that measurements run together share or in one of its own, and ends the process. */
export async function measureCrmLog(sizes, measure) {
  printMachine();
  const shared = process.env.ASSAY_BENCH_CRM;
  const dataDir = shared ?? temporaryFolder();
  let crm;
  try {
    await replayExport(dataDir, sizes);
    crm = await openCrmLog(dataDir);
    print(`Server (embedded): ${await demandDurable(crm.embedded)}`);
    await measure(crm);
    printLoad('after');
  } finally {
    await crm?.close();
    if (shared === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
  process.exit(0);
}

/** Makes the log in a data folder, once; about two events a deal. */
export async function replayExport(dataDir, { agents, deals }) {
  const done = join(dataDir, 'replayed');
  if (existsSync(done)) return;
  const out = join(dataDir, 'export');
  mkdirSync(out);
  const silent = { out: () => Promise.resolve(), err: (line) => process.stderr.write(line) };
  print(`Replaying a generated export of ${deals} deals by ${agents} agents`);
  await runSeed(['crm', '--seed', '1', '--agents', String(agents), '--deals', String(deals), '--out', out], silent);
  const file = (name) => join(out, name);
  const input = await readImport({ opportunities: file('sales_pipeline.csv'), people: file('sales_teams.csv'), targets: file('targets.csv'), mapping: file('mapping.json') });
  const company = await readCompany(file('company.json'));
  const { target, close } = await openReplayTarget({ dataFolder: dataDir, log: LOG }, silent);
  try {
    await replay(target, { input, company }, { progress: () => undefined, signal: new AbortController().signal, dryRun: false });
  } finally {
    await close();
  }
  writeFileSync(done, '');
}

/** The log opened for reading, with a bare connection beside it. */
export async function openCrmLog(dataDir) {
  const embedded = await openEmbedded({ dataDir, log: LOG });
  const log = await openPostgresLog({ app: embedded.app, owner: embedded.owner });
  const keys = await openLocalKeyStore({ folder: join(dataDir, 'keys'), logId: log.id, create: false });
  const store = new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys }));
  const bare = new pg.Client(embedded.app);
  await bare.connect();
  return {
    ...{ embedded, log, store, bare },
    head: (await log.head()).position,
    close: async () => {
      await bare.end();
      await log.close();
      await embedded.close();
    },
  };
}

/** Reads the whole log in order and parses every body and metadata: what any reader of it must at least do. */
export async function readBare({ bare }) {
  const text = `SELECT ${COLUMNS} FROM assay.event WHERE position > $1 ORDER BY position LIMIT ${PAGE_ROWS}`;
  let events = 0;
  for (let at = -1; ; ) {
    const { rows } = await bare.query({ name: 'all', text, values: [at], rowMode: 'array', types: AS_TEXT });
    for (const row of rows) parse(row);
    events += rows.length;
    if (rows.length < PAGE_ROWS) return events;
    at = Number(rows.at(-1)[0]);
  }
}

/** The same of some streams, up to a position. */
export async function readBareStreams({ bare }, streams, upTo) {
  const text = `SELECT ${COLUMNS} FROM assay.event WHERE stream = ANY($1) AND position <= $2 ORDER BY stream, revision`;
  const { rows } = await bare.query({ name: 'streams', text, values: [streams, upTo], rowMode: 'array', types: AS_TEXT });
  for (const row of rows) parse(row);
  return rows.length;
}

const parse = (row) => [JSON.parse(row[BODY]), JSON.parse(row[META])];

/** Read models of some views on a pool of their own, as a process runs them. */
export function openViews({ embedded, store }, views) {
  const pool = new pg.Pool({ ...embedded.app, ...VIEWS_POOL });
  // What is broken shows where it is used.
  pool.on('error', () => undefined);
  const readModels = new ReadModels({ pool, source: store, views, hashes: definitionHashes });
  return {
    readModels,
    close: async () => {
      await readModels.stop();
      await pool.end();
    },
  };
}

/** Leaves no table of any view. */
export async function dropViews({ embedded }) {
  const { owner, app } = embedded;
  await withClient(app, (client) => client.query('SET client_min_messages = warning; DROP OWNED BY CURRENT_USER')).catch(() => undefined);
  const role = await withClient(app, async (client) => client.escapeIdentifier((await client.query('SELECT current_user AS role')).rows[0].role));
  await withClient(owner, async (client) => {
    await client.query('SET client_min_messages = warning');
    await client.query('DROP SCHEMA IF EXISTS read_model CASCADE');
    await client.query(readModelSchemaSql(role));
  });
}

/** Builds views from nothing and resolves once they show the head. */
export async function rebuild(crm, views) {
  const { readModels, close } = openViews(crm, views);
  try {
    await readModels.start();
    await reach(readModels, views, crm.head);
  } finally {
    await close();
  }
}

export async function reach(readModels, views, position) {
  for (let shown = false; !shown; ) {
    try {
      shown = (await readModels.atLeast(views, position)) >= position;
    } catch (error) {
      if (!isReadModelError(error, 'NOT_YET_VISIBLE') && !isReadModelError(error, 'PROJECTION_BUILDING')) throw error;
      const stopped = (await readModels.metrics()).find((one) => one.stopped !== null);
      if (stopped !== undefined) throw new Error(`${stopped.name} stopped: ${stopped.stopped}`, { cause: error });
    }
  }
}
