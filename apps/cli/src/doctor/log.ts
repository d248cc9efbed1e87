import type { InspectedLog, LogInspection } from '@assay/event-log';
import { fault, ok, warning, type Finding } from './finding.js';

/** Further apart than this, the log refuses appends, or people wonder at its times. */
const CLOCKS_APART_MS_MAX = 5000;

/** What a look at the log's database says of it. `twoLogins`: the log is meant to be protected from its own application. */
export function checkLog(seen: LogInspection, { name, twoLogins }: { readonly name: string; readonly twoLogins: boolean }): readonly Finding[] {
  const { log } = seen;
  const database = seen.encoding === 'UTF8' ? ok('database', `PostgreSQL ${seen.serverVersion}`) : encodingFault(seen);
  if (log === null) return [database, ok('log', `the database holds no log yet; the first start with ${name} makes its tables`)];
  if (log.grants.missing.length > 0) return [database, missingFault(log)];
  return [database, schemaFinding(seen), grantsFinding(log, twoLogins), lastFinding(log, name), ...clockFindings(log)];
}

const encodingFault = ({ encoding }: LogInspection): Finding =>
  fault('database', 'DATABASE_ENCODING', { found: `the database has the encoding ${encoding}, and texts are UTF-8`, remedy: 'make a database with ENCODING UTF8, and restore a back-up into it' });

const missingFault = ({ grants }: InspectedLog): Finding =>
  fault('grants', 'GRANTS_MISSING', { found: grants.missing.join('; '), remedy: 'set DATABASE_OWNER_URL and start again: the owner grants what is missing' });

function schemaFinding({ schemaVersion, schemaKnown }: LogInspection): Finding {
  if (schemaVersion > schemaKnown) return fault('log', 'SCHEMA_NEWER', { found: `its tables are of a later release (${String(schemaVersion)}) than this one (${String(schemaKnown)})`, remedy: 'run the release that served it last, or a later one' });
  if (schemaVersion < schemaKnown) return ok('log', `its tables are of an earlier release (${String(schemaVersion)} of ${String(schemaKnown)}); the next start brings them up to date`);
  return ok('log', `its tables are those of this release (${String(schemaVersion)})`);
}

function grantsFinding({ grants: { violations } }: InspectedLog, twoLogins: boolean): Finding {
  if (violations.length === 0) return ok('grants', 'the login that serves reads, appends through functions, and can change nothing');
  const found = `the log is not protected from its own application: ${violations.join('; ')}`;
  if (!twoLogins) return warning('grants', 'UNPROTECTED', { found, remedy: 'make a second login that owns the log, and name it by DATABASE_OWNER_URL' });
  return fault('grants', 'GRANTS_BROKEN', { found, remedy: 'find out who changed this and what they did since; then take the rights back as a superuser, or restore a back-up into a new database' });
}

function lastFinding({ lastPosition, lastRecordedAt, id }: InspectedLog, name: string): Finding {
  if (lastRecordedAt === null) return warning('log', 'LOG_EMPTY', { found: `the log ${name} was never opened`, remedy: `open it (open --log ${name} ...), restore a back-up into it, or start a demo in an empty folder` });
  return ok('log', `log ${name} (${id}), up to position ${String(lastPosition)} of ${new Date(lastRecordedAt).toISOString()}`);
}

function clockFindings({ lastRecordedAt, clock }: InspectedLog): readonly Finding[] {
  const apart = `the database's clock is ${seconds(Math.abs(clock.aheadMs))} ${clock.aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  const agreeing = Math.abs(clock.aheadMs) <= CLOCKS_APART_MS_MAX ? ok('clock', apart) : warning('clock', 'CLOCKS_DIFFER', { found: `${apart}, and the log goes by the database's`, remedy: 'synchronise both with a time server (NTP)' });
  if (clock.simulated) return [agreeing, ok('clock', 'the log is simulated: its loader gives the time')];
  const behindMs = lastRecordedAt === null ? 0 : lastRecordedAt - (clock.databaseMs + clock.offsetMs);
  return behindMs <= CLOCKS_APART_MS_MAX ? [agreeing] : [agreeing, behindFinding(behindMs, clock.stepAcceptedAt === lastRecordedAt)];
}

function behindFinding(behindMs: number, accepted: boolean): Finding {
  const found = `the clock is ${seconds(behindMs)} behind the last recorded event`;
  if (accepted) return warning('clock', 'CLOCK_STEP_ACCEPTED', { found: `${found}; an administrator accepted it, and events are dated to the last one until the clock has passed it`, remedy: 'set the clock of the database right where it is wrong' });
  return fault('clock', 'CLOCK_BEHIND', { found: `${found}: appends are refused until it has caught up`, remedy: 'set the clock of the database right; where it is right by now, an administrator calls acceptClockStep' });
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
