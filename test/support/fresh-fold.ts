import { withClient, type Connection } from '@assay/event-log';
import type { Recorded } from '@assay/domain';
import { foldBatch, MemoryTables, versionedName, type View } from '@assay/read-models';

/** What a projection's tables hold, each row as text, in the order of its key. */
export type Dump = Readonly<Record<'rows' | 'states' | 'links' | 'history' | 'parked', readonly string[]>>;

const inOrder = (lines: readonly string[]): readonly string[] => lines.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
const line = (...parts: readonly (string | number | boolean)[]): string => parts.join(' ');

/** A view folded from nothing, in memory. */
export async function foldedFresh(view: View, events: readonly Recorded[]): Promise<Dump> {
  const tables = new MemoryTables();
  tables.apply(await foldBatch(view, events, { source: tables }));
  return {
    rows: inOrder([...tables.rows.values()].map(({ key, position, recordedAt, doc }) => line(key, position, recordedAt, JSON.stringify(doc)))),
    states: inOrder([...tables.states].map(([stream, { revision, broken, state }]) => line(stream, revision, broken, JSON.stringify(state)))),
    links: inOrder([...tables.links].flatMap(([key, sources]) => [...sources].map((source) => line(source, key)))),
    history: inOrder(tables.history.map(({ key, position, seq, row }) => line(key, position, seq, JSON.stringify(row)))),
    parked: inOrder([...tables.parked.keys()]),
  };
}

/** The same of a live projection, byte by byte as PostgreSQL keeps it. */
export async function dumped(view: View, connection: Connection): Promise<Dump> {
  const table = (part: string): string => `read_model."${versionedName({ name: `${view.name}${part}`, version: view.version })}"`;
  return withClient(connection, async (client) => {
    const lines = async (sql: string): Promise<readonly string[]> => inOrder((await client.query<{ line: string }>(sql)).rows.map((row) => row.line));
    const history = `SELECT concat_ws(' ', key, position, seq, doc::text) AS line FROM ${table('_history')}`;
    return {
      rows: await lines(`SELECT concat_ws(' ', key, position, "recordedAt", doc::text) AS line FROM ${table('')}`),
      states: await lines(`SELECT concat_ws(' ', stream, revision, broken::text, state::text) AS line FROM ${table('_state')}`),
      links: await lines(`SELECT concat_ws(' ', source, key) AS line FROM ${table('_link')}`),
      history: view.history === undefined ? [] : await lines(history),
      parked: await lines(`SELECT key AS line FROM ${table('_parked')}`),
    };
  });
}
