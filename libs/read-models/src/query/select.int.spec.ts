import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { sees, type AccessColumn, type Visibility } from '@assay/domain';
import { withClient } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import type { HistoryWrite, RowWrite, Writes } from '../projection/slice.js';
import { PostgresProjection } from '../store/postgres-projection.js';
import { readModelSchemaSql } from '../store/tables.js';
import { columnsOf } from '../view/columns.js';
import { defineView } from '../view/view.js';
import type { Order } from './keyset.js';
import type { Filter } from './predicates.js';
import { documentsOf, historyOf } from './relation.js';
import { accessRowOf, scanRows } from './scan.js';
import { selectAll, selectPage, type Page, type SelectOptions } from './select.js';

interface Doc {
  readonly subject: string | null;
  readonly evaluators: readonly string[];
  readonly metric: string;
  readonly day: string | null;
  readonly rank: number | null;
  readonly amount: string;
  readonly open: boolean;
}
const view = defineView<Doc, { readonly step: number }>()({
  name: 'listed',
  version: 1,
  root: 'thing',
  categories: { thing: { initial: null, evolve: () => null } },
  compute: () => null,
  columns: {
    subject: { type: 'text', of: (doc) => doc.subject },
    evaluators: { type: 'text[]', of: (doc) => doc.evaluators },
    metric: { type: 'text', of: (doc) => doc.metric },
    day: { type: 'date', of: (doc) => doc.day },
    rank: { type: 'integer', of: (doc) => doc.rank },
    amount: { type: 'numeric', of: (doc) => doc.amount },
    open: { type: 'boolean', of: (doc) => doc.open },
  },
  indexes: [['day'], ['rank'], ['evaluators']],
  history: { columns: { step: { type: 'integer', of: (row) => row.step } }, rows: () => [] },
});

/** mulberry32: the same seed, the same rows. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
const pick = generator(20_261_122);
const PEOPLE = ['ann', 'bob', 'cäcilie "c"', 'd\\e', '李雷', "o'hara", '{f}'];
const person = (): string => PEOPLE[pick(PEOPLE.length)] ?? '';

const rows: readonly RowWrite[] = Array.from({ length: 90 }, (_, index) => {
  const doc: Doc = {
    subject: pick(5) === 0 ? null : person(),
    evaluators: Array.from({ length: pick(3) }, person),
    metric: `m${pick(3)}`,
    day: pick(4) === 0 ? null : `2026-0${1 + pick(9)}-1${pick(9)}`,
    rank: pick(4) === 0 ? null : pick(7),
    amount: `${pick(1000)}.000000000001`,
    open: pick(2) === 0,
  };
  return {
    key: `thing-${(index * 37) % 90}`,
    doc,
    columns: columnsOf(view.columns, doc),
    position: index * 3,
    recordedAt: 1_700_000_000_000 + index,
  };
});
const history: readonly HistoryWrite[] = Array.from({ length: 60 }, (_, index) => {
  const row = { step: index % 4 };
  const { key = '' } = rows[pick(rows.length)] ?? {};
  return {
    key,
    position: Math.floor(index / 3),
    recordedAt: 1_700_000_000_000 + index,
    seq: index,
    row,
    columns: columnsOf({ step: { type: 'integer' as const, of: () => row.step } }, row),
  };
});
const docOf = (key: string): Doc => rows.find((row) => row.key === key)?.doc as Doc;

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.owner, (client) =>
    client.query(readModelSchemaSql(client.escapeIdentifier(database.app.user ?? ''))),
  );
  pool = new pg.Pool({ ...database.app, max: 2 });
  const projection = new PostgresProjection(pool, view);
  await projection.register({ hash: 'hash', head: -1 });
  const lease = await projection.acquire('spec', 10_000);
  const writes: Writes = { states: [], linksAdded: [], linksRemoved: [], members: [], rows, history, parked: [] };
  if (lease) await projection.commit(lease, { position: 1000, writes, leaseMs: 10_000 });
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

const documents = documentsOf(view);
const page = (options: SelectOptions): Promise<Page<Doc>> => selectPage(pool, documents, options);
const COLUMNS: readonly AccessColumn[] = ['subject', 'evaluators', 'metric', 'superior'];

function someVisibility(): Visibility {
  if (pick(8) === 0) return pick(2) === 0 ? 'ALL' : 'NONE';
  const parts = Array.from({ length: pick(4) }, () => ({
    column: COLUMNS[pick(COLUMNS.length)] ?? 'subject',
    in: Array.from({ length: pick(3) }, () => (pick(4) === 0 ? `m${pick(4)}` : person())),
  }));
  return { any: parts };
}
function someFilter(): Filter {
  const choices: readonly Filter[] = [
    {},
    { metric: { eq: `m${pick(3)}` } },
    { rank: { gte: 2, lt: 6 } },
    { day: { gt: '2026-03-11', lte: '2026-08-15' }, open: { eq: pick(2) === 0 } },
    { evaluators: { any: [person(), person()] } },
    { subject: { isNull: pick(2) === 0 } },
    { subject: { eq: null } },
    { key: { in: ['thing-1', 'thing-2', 'thing-77', 'nobody'] } },
    { amount: { gt: '500' }, position: { lte: 200 }, recordedAt: { gte: 1_700_000_000_003 } },
    { rank: { in: [1, 3, 5] } },
  ];
  return choices[pick(choices.length)] ?? {};
}

describe('access', () => {
  it('is the same in SQL as by the kernel, row by row, whatever the visibility and the filter', async () => {
    for (let round = 0; round < 120; round += 1) {
      const options = { visibility: someVisibility(), filter: someFilter() };
      const found = await selectAll<Doc>(pool, documents, { ...options, max: 1000 });
      const scanned = scanRows(rows, view.columns, options);
      expect(found.map(({ key, doc }) => [key, doc])).toEqual(scanned.map(({ key, doc }) => [key, doc]));
      const seen = scanned.filter(({ columns }) => sees(options.visibility, accessRowOf(columns)));
      expect(seen).toHaveLength(scanned.length);
      expect((await page({ ...options, count: true })).totalCount).toBe(scanned.length);
    }
  });

  it('shows nothing of history rows whose document is not seen', async () => {
    const visibility: Visibility = { any: [{ column: 'metric', in: ['m1'] }] };
    const found = await selectAll(pool, historyOf(view), { visibility, max: 1000 });
    const expected = history.filter(({ key }) => docOf(key).metric === 'm1');
    expect(found.map(({ key, position }) => [key, position]).length).toBe(expected.length);
    for (const { key } of found) expect(docOf(key).metric).toBe('m1');
  });
});

const ORDERS: readonly (Order | undefined)[] = [
  undefined,
  ...(['day', 'rank', 'amount', 'position', 'subject'] as const).flatMap((column) => [
    { column, direction: 'ASC' } as const,
    { column, direction: 'DESC' } as const,
  ]),
];

/** The order a list promises: the column, nulls last going up, ties by key. */
function sorted(keys: readonly string[], order: Order | undefined): readonly string[] {
  const valueOf = (key: string): number | string | null => {
    const row = rows.find((one) => one.key === key);
    if (!row || !order) return null;
    if (order.column === 'position') return row.position;
    const value = row.columns[order.column] ?? null;
    return order.column === 'amount' || order.column === 'rank'
      ? value === null
        ? null
        : Number(value)
      : (value as string | null);
  };
  const byValue = (a: number | string | null, b: number | string | null): number =>
    a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
  const up = [...keys].sort((a, b) => byValue(valueOf(a), valueOf(b)) || (a < b ? -1 : 1));
  return order?.direction === 'DESC' ? up.reverse() : up;
}

describe('pages', () => {
  it.each(ORDERS)('cut a list forwards and backwards without a gap or a repetition (%o)', async (orderBy) => {
    const base = {
      visibility: { any: [{ column: 'metric', in: ['m0', 'm2'] }] },
      filter: { open: { eq: true } },
      orderBy,
    } as const;
    const keys = sorted(
      scanRows(rows, view.columns, base).map(({ key }) => key),
      orderBy,
    );
    const forwards: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const found = await page({ ...base, first: 4, after });
      expect([found.hasPrevious, found.hasNext]).toEqual([
        forwards.length > 0,
        forwards.length + found.rows.length < keys.length,
      ]);
      forwards.push(...found.rows.map(({ key }) => key));
      after = found.rows.at(-1)?.cursor;
      more = found.hasNext;
    }
    expect(forwards).toEqual(keys);
    const backwards: string[] = [];
    for (let before: string | undefined, more = true; more;) {
      const found = await page({ ...base, last: 3, before });
      expect(found.hasNext).toBe(backwards.length > 0);
      backwards.unshift(...found.rows.map(({ key }) => key));
      before = found.rows[0]?.cursor;
      more = found.hasPrevious;
    }
    expect(backwards).toEqual(keys);
  });

  it('keep the place of a cursor whose row is gone', async () => {
    const options = { visibility: 'ALL', orderBy: { column: 'rank', direction: 'DESC' } } as const;
    const all = await selectAll<Doc>(pool, documents, { ...options, max: 1000 });
    const first = await page({ ...options, first: 5 });
    const [gone] = first.rows.slice(-1);
    const row = rows.find(({ key }) => key === gone?.key);
    await pool.query('DELETE FROM read_model.listed__v1 WHERE key = $1', [gone?.key]);
    const next = await page({ ...options, first: 5, after: gone?.cursor });
    expect(next.rows.map(({ key }) => key)).toEqual(all.slice(5, 10).map(({ key }) => key));
    await pool.query(
      `INSERT INTO read_model.listed__v1 (key, doc, position, "recordedAt", metric) VALUES ($1, $2, $3, $4, $5)`,
      [row?.key, JSON.stringify(row?.doc), row?.position, row?.recordedAt, 'restored'],
    );
  });

  it('page through a history by position, several rows at one of them included', async () => {
    const found: (readonly [number, string])[] = [];
    for (let after: string | undefined, more = true; more;) {
      const next = await selectPage<{ step: number }>(pool, historyOf(view), {
        visibility: 'ALL',
        filter: { step: { lte: 2 } },
        first: 7,
        after,
      });
      found.push(...next.rows.map(({ position, key }) => [position, key] as const));
      after = next.rows.at(-1)?.cursor;
      more = next.hasNext;
    }
    const expected = history.filter(({ seq }) => seq % 4 <= 2).map(({ position, key }) => [position, key] as const);
    expect(found).toEqual([...expected].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : Number(a[1] > b[1]))));
  });

  it.each([
    [
      'a cursor of another order',
      async () => ({ orderBy: { column: 'day', direction: 'ASC' }, after: await cursorOf({}) }) as const,
    ],
    ['a cursor of another filter', async () => ({ filter: { open: { eq: true } }, after: await cursorOf({}) })],
    ['a cursor of nothing', () => Promise.resolve({ after: 'bm90aGluZw' })],
    ['an unknown column', () => Promise.resolve({ filter: { nothing: { eq: 'x' } } })],
    ['a name every object has', () => Promise.resolve({ filter: { constructor: { eq: 'x' } } })],
    ['a value that its column cannot hold', () => Promise.resolve({ filter: { day: { eq: 'the first' } } })],
    ['more than a hundred', () => Promise.resolve({ first: 101 })],
    ['none', () => Promise.resolve({ last: 0 })],
    ['both ends', () => Promise.resolve({ first: 1, last: 1 })],
  ])('refuse %s', async (_what, options) => {
    await expect(page({ visibility: 'ALL', ...(await options()) })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

const cursorOf = async (options: Partial<SelectOptions>): Promise<string | undefined> =>
  (await page({ visibility: 'ALL', ...options, first: 1 })).rows[0]?.cursor;
