import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { foldBatch, MemoryTables, versionedName, type EventSource, type View } from '@assay/read-models';
import type { ProjectionHarness } from './projection-harness.js';

/** A case of the projection contract: its id, and what it does with a fresh log and database. */
export type ProjectionCase = readonly [id: string, run: (harness: ProjectionHarness) => Promise<void>];

const POLL_MS = 5;

type Part = '' | '_state' | '_link' | '_member' | '_history' | '_parked';

export const tableOf = (view: Pick<View, 'name' | 'version'>, part: Part = ''): string =>
  `read_model."${view.name}${part}__v${view.version}"`;

/** All a projection has stored, as text: what must be equal byte for byte. Parked keys are told apart by `parked`. */
export async function stored(
  pool: Pool,
  view: View,
): Promise<{ readonly rows: unknown; readonly states: unknown; readonly links: unknown; readonly history: unknown }> {
  const of = async (sql: string): Promise<unknown> => (await pool.query(sql)).rows;
  return {
    rows: await of(
      `SELECT key, doc::text AS doc, position::int, "recordedAt"::text AS at FROM ${tableOf(view)} ORDER BY key`,
    ),
    states: await of(
      `SELECT stream, revision::int, state::text AS state, broken FROM ${tableOf(view, '_state')} ORDER BY stream`,
    ),
    links: await of(`SELECT source, key FROM ${tableOf(view, '_link')} ORDER BY source, key`),
    history: view.history
      ? await of(
          `SELECT key, position::int, seq, doc::text AS doc FROM ${tableOf(view, '_history')} ORDER BY position, key, seq`,
        )
      : [],
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The same by folding the whole log at once in memory. */
export async function freshFold(harness: ProjectionHarness, view: View): Promise<Awaited<ReturnType<typeof stored>>> {
  const tables = new MemoryTables();
  tables.apply(await foldBatch(view, await harness.source.readAll({ afterPosition: -1 }), { source: tables }));
  const rows = [...tables.rows.values()].sort((a, b) => byText(a.key, b.key));
  const links = [...tables.links].flatMap(([key, sources]) => [...sources].map((source) => ({ source, key })));
  const history = [...tables.history].sort((a, b) => a.position - b.position || byText(a.key, b.key) || a.seq - b.seq);
  return {
    rows: rows.map(({ key, doc, position, recordedAt }) => ({
      key,
      doc: JSON.stringify(doc),
      position,
      at: String(recordedAt),
    })),
    states: [...tables.states]
      .sort(([a], [b]) => byText(a, b))
      .map(([stream, { revision, state, broken }]) => ({ stream, revision, state: JSON.stringify(state), broken })),
    links: links.sort((a, b) => byText(a.source, b.source) || byText(a.key, b.key)),
    history: history.map(({ key, position, seq, row }) => ({ key, position, seq, doc: JSON.stringify(row) })),
  };
}

/** Two sheets on two rates, a team of two: what most cases begin with. Returns the last position. */
export async function seed(harness: ProjectionHarness): Promise<number> {
  await harness.append('rate-a', [{ type: 'RateSet', data: { value: 2 } }]);
  await harness.append('rate-b', [{ type: 'RateSet', data: { value: 5 } }]);
  await harness.append('sheet-1', [
    { type: 'SheetOpened', data: { rate: 'rate-a', team: 'x', owner: 'ann' } },
    { type: 'LineAdded', data: { amount: 10 } },
  ]);
  await harness.append('sheet-2', [
    { type: 'SheetOpened', data: { rate: 'rate-b', team: '', owner: 'bob' } },
    { type: 'LineAdded', data: { amount: 1 } },
  ]);
  await harness.append('worker-1', [{ type: 'WorkerJoined', data: { team: 'x' } }]);
  return harness.append('worker-1', [{ type: 'WorkerPaid', data: { amount: 7 } }]);
}

const isMethod = (member: unknown): member is (...parameters: unknown[]) => unknown => typeof member === 'function';

/** A pool whose statements pass by a hook first: it may throw, or cut the connection under the statement. */
export function hookedPool(pool: Pool, hook: (sql: string, client: PoolClient | null) => Promise<void> | void): Pool {
  const sqlOf = (first: unknown): string => {
    if (typeof first === 'string') return first;
    return typeof first === 'object' && first !== null && 'text' in first ? String(first.text) : '';
  };
  const hooked = <T extends Pool | PoolClient>(target: T, client: PoolClient | null): T =>
    new Proxy(target, {
      get(object, name) {
        if (name === 'connect') return async () => hookedClient(await pool.connect());
        const member: unknown = Reflect.get(object, name);
        if (!isMethod(member)) return member;
        if (name !== 'query') return (...parameters: unknown[]): unknown => Reflect.apply(member, object, parameters);
        return async (...parameters: unknown[]) => {
          await hook(sqlOf(parameters[0]), client);
          return member.apply(object, parameters);
        };
      },
    });
  const hookedClient = (client: PoolClient): PoolClient => hooked(client, client);
  return hooked(pool, null);
}

/** Waits until something holds; the case's own time-out is the bound. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(POLL_MS);
}

export const cursorIn = async (pool: Pool, view: View): Promise<number> => {
  const { rows } = await pool.query<{ position: string }>(
    'SELECT position FROM read_model.projection WHERE name = $1 AND version = $2',
    [view.name, view.version],
  );
  return Number(rows[0]?.position ?? -1);
};

export const hashOf = (view: View): string => `hash of ${versionedName(view)}`;

/** A source whose pages come another way. */
export const readingBy = (source: EventSource, readAll: EventSource['readAll']): EventSource => ({
  readAll,
  readStream: (stream, options) => source.readStream(stream, options),
  moved: (...waiting) => source.moved(...waiting),
  head: () => source.head(),
});
