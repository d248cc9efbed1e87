import { allViews, registeredProjections, type RegisteredProjection } from '@assay/read-models';
import type { Connection } from '@assay/event-log';
import pg from 'pg';
import { fault, ok, warning, type Finding } from './finding.js';

/** Further behind than this while somebody writes it, a projection does not keep up. */
const LAG_EVENTS_MAX = 1000;

/** How far the views are, and whether one stopped or parked something. */
export async function checkProjections(app: Connection, head: number): Promise<readonly Finding[]> {
  const pool = new pg.Pool({ ...app, max: 1 });
  // What breaks between two questions is heard at the next one.
  pool.on('error', () => undefined);
  try {
    const read = (await registeredProjections(pool)).filter(isRead);
    if (read.length < allViews.length) return [ok('projections', `${String(read.length)} of ${String(allViews.length)} are made; the next start makes the others`)];
    const wrong = read.flatMap((one) => findingsOf(one, head));
    return wrong.length > 0 ? wrong : [ok('projections', describe(read, head))];
  } catch (error) {
    const found = `the tables of the views cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return [fault('projections', 'PROJECTIONS_UNREADABLE', { found, remedy: 'serve with the login that made them; or drop the schema read_model as its owner, and the next start makes it again from the log' })];
  } finally {
    await pool.end();
  }
}

const isRead = ({ name, version }: RegisteredProjection): boolean => allViews.some((view) => view.name === name && view.version === version);

function describe(read: readonly RegisteredProjection[], head: number): string {
  const lag = Math.max(...read.map(({ position }) => head - position));
  const told = lag <= 0 ? 'all show the whole log' : `the slowest is ${String(lag)} events behind`;
  return `${String(read.length)}, none parked or stopped; ${told}${read.some(({ led }) => led) ? '' : '; nobody follows the log now'}`;
}

function findingsOf({ name, position, led, stopped, parked }: RegisteredProjection, head: number): readonly Finding[] {
  const findings: Finding[] = [];
  if (stopped !== null) findings.push(fault('projections', 'PROJECTION_STOPPED', { found: `${name} stopped at position ${String(position)}: ${stopped}`, remedy: 'see the log of the server for the event it met; mend what made it stop, then start again' }));
  if (parked > 0) findings.push(warning('projections', 'PROJECTION_PARKED', { found: `${name} has parked ${String(parked)} keys: what they show is old, and nothing is published on it`, remedy: `mend what made them fail, then projections unpark ${name}` }));
  const lag = head - position;
  if (led && lag > LAG_EVENTS_MAX) findings.push(warning('projections', 'PROJECTION_BEHIND', { found: `${name} is ${String(lag)} events behind`, remedy: 'ask again in a minute; where it does not shrink, see the log of the server' }));
  return findings;
}
