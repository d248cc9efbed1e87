import type { ClientBase, Pool } from 'pg';
import type { EventSource } from '../feed/event-source.js';
import { errorWord, remedyFor } from '../projection/classify.js';
import type { Parking, Writes } from '../projection/slice.js';
import type { PostgresProjection } from '../store/postgres-projection.js';
import { tablesOf } from '../store/tables.js';
import { writeTables } from '../store/write-tables.js';
import type { View } from '../view/view.js';
import { refoldKey } from './refold.js';
import { Prefix, type GroupMembers } from './stream-folds.js';

/** Members of groups as a projection's tables have them: membership only grows, so they cover every earlier moment too. */
export function membersFromTables(
  db: Pick<Pool | ClientBase, 'query'>,
  view: Pick<View, 'name' | 'version'>,
): GroupMembers {
  return {
    membersOf: async (group) => {
      const { rows } = await db.query<{ stream: string }>(
        `SELECT stream FROM ${tablesOf(view).member} WHERE "group" = $1`,
        [group],
      );
      return rows.map(({ stream }) => stream);
    },
  };
}

/**
 * Refolds parked keys from the log's start, up to the projection's cursor, and puts the result in the place of what
 * stood there. Parked events are never applied onto newer state. Returns the keys that the log still poisons: they stay parked.
 */
export async function unpark(
  projection: PostgresProjection,
  source: Pick<EventSource, 'readStream'>,
  keys: readonly string[],
): Promise<readonly Parking[]> {
  const still: Parking[] = [];
  for (const key of keys) {
    await projection.amend(async (client, position) => {
      const groups = membersFromTables(client, projection.view);
      const writes = await refoldKey(projection.view, key, { prefix: new Prefix(source, position), groups });
      if (writes.parked.length > 0) still.push(...writes.parked);
      else still.push(...(await replaceKey(client, projection.view, { key, writes })));
    });
  }
  return still;
}

interface Refolded {
  readonly key: string;
  readonly writes: Writes;
}

/** Puts the refolded key in place, unless the tables refuse it still. */
async function replaceKey(client: ClientBase, view: View, refolded: Refolded): Promise<readonly Parking[]> {
  await client.query('SAVEPOINT refold');
  try {
    await rewriteKey(client, view, refolded);
    return [];
  } catch (error) {
    const [row] = refolded.writes.rows;
    if (remedyFor(error) !== 'BISECT' || !row) throw error;
    await client.query('ROLLBACK TO SAVEPOINT refold');
    const { key, position, recordedAt } = row;
    return [{ key, position, recordedAt, eventId: '', code: 'STORE_REFUSED', detail: errorWord(error) }];
  }
}

async function rewriteKey(client: ClientBase, view: View, { key, writes }: Refolded): Promise<void> {
  const tables = tablesOf(view);
  await client.query(`DELETE FROM ${tables.parked} WHERE key = $1`, [key]);
  await client.query(`DELETE FROM ${tables.link} WHERE key = $1`, [key]);
  await client.query(`DELETE FROM ${tables.rows} WHERE key = $1`, [key]);
  if (view.history) await client.query(`DELETE FROM ${tables.history} WHERE key = $1`, [key]);
  await writeTables(client, view, writes);
}
