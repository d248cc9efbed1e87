import type { ClientBase } from 'pg';
import { jsonText, type HistoryWrite, type Link, type RowWrite, type Writes } from '../projection/slice.js';
import type { ColumnDefinitions, ColumnValue } from '../view/columns.js';
import type { View } from '../view/view.js';
import { insertRows, replacing, type WriteColumn } from './multi-row.js';
import { prepared } from './prepared.js';
import { tablesOf } from './tables.js';

/** Writes what a batch changes: one multi-row statement per table that it changes, inside the caller's transaction. */
export async function writeTables(client: ClientBase, view: View, writes: Writes): Promise<void> {
  const tables = tablesOf(view);
  await writeStates(client, tables.state, writes.states);
  await removeLinks(client, tables.link, writes.linksRemoved);
  await insertRows(client, tables.link, {
    columns: linkColumns(writes.linksAdded),
    onConflict: 'ON CONFLICT DO NOTHING',
  });
  const members: WriteColumn[] = [
    { name: 'group', type: 'text', values: writes.members.map(({ group }) => group) },
    { name: 'stream', type: 'text', values: writes.members.map(({ stream }) => stream) },
  ];
  await insertRows(client, tables.member, { columns: members, onConflict: 'ON CONFLICT DO NOTHING' });
  await writeRows(client, view, writes.rows);
  if (view.history)
    await insertRows(client, tables.history, { columns: historyColumns(view.history.columns, writes.history) });
  await writeParked(client, tables.parked, writes.parked);
}

async function writeStates(client: ClientBase, table: string, states: Writes['states']): Promise<void> {
  const columns: WriteColumn[] = [
    { name: 'stream', type: 'text', values: states.map(({ stream }) => stream) },
    { name: 'revision', type: 'bigint', values: states.map(({ revision }) => revision) },
    { name: 'state', type: 'json', values: states.map(({ state }) => jsonText(state)) },
    { name: 'broken', type: 'boolean', values: states.map(({ broken }) => broken) },
  ];
  await insertRows(client, table, { columns, onConflict: replacing('stream', columns) });
}

const linkColumns = (links: readonly Link[]): WriteColumn[] => [
  { name: 'source', type: 'text', values: links.map(({ source }) => source) },
  { name: 'key', type: 'text', values: links.map(({ key }) => key) },
];

async function removeLinks(client: ClientBase, table: string, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  const text = `DELETE FROM ${table} AS held USING unnest($1::text[], $2::text[]) AS gone (source, key) WHERE held.source = gone.source AND held.key = gone.key`;
  await client.query(prepared(text, [links.map(({ source }) => source), links.map(({ key }) => key)]));
}

async function writeRows(client: ClientBase, view: View, rows: readonly RowWrite[]): Promise<void> {
  const table = tablesOf(view).rows;
  const gone = rows.filter(({ doc }) => doc === null).map(({ key }) => key);
  if (gone.length > 0) await client.query(prepared(`DELETE FROM ${table} WHERE key = ANY($1::text[])`, [gone]));
  const there = rows.filter(({ doc }) => doc !== null);
  const columns: WriteColumn[] = [
    { name: 'key', type: 'text', values: there.map(({ key }) => key) },
    { name: 'doc', type: 'json', values: there.map(({ doc }) => jsonText(doc)) },
    { name: 'position', type: 'bigint', values: there.map(({ position }) => position) },
    { name: 'recordedAt', type: 'bigint', values: there.map(({ recordedAt }) => recordedAt) },
    ...typedColumns(view.columns, there),
  ];
  await insertRows(client, table, { columns, onConflict: replacing('key', columns) });
}

function typedColumns(
  definitions: ColumnDefinitions<never>,
  written: readonly { readonly columns: Readonly<Record<string, ColumnValue>> }[],
): WriteColumn[] {
  return Object.entries(definitions).map(([name, { type }]) => ({
    name,
    type,
    values: written.map(({ columns }) => columns[name] ?? null),
  }));
}

const historyColumns = (definitions: ColumnDefinitions<never>, history: readonly HistoryWrite[]): WriteColumn[] => [
  { name: 'key', type: 'text', values: history.map(({ key }) => key) },
  { name: 'position', type: 'bigint', values: history.map(({ position }) => position) },
  { name: 'seq', type: 'integer', values: history.map(({ seq }) => seq) },
  { name: 'recordedAt', type: 'bigint', values: history.map(({ recordedAt }) => recordedAt) },
  { name: 'doc', type: 'json', values: history.map(({ row }) => jsonText(row)) },
  ...typedColumns(definitions, history),
];

async function writeParked(client: ClientBase, table: string, parked: Writes['parked']): Promise<void> {
  const columns: WriteColumn[] = [
    { name: 'key', type: 'text', values: parked.map(({ key }) => key) },
    { name: 'position', type: 'bigint', values: parked.map(({ position }) => position) },
    { name: 'recordedAt', type: 'bigint', values: parked.map(({ recordedAt }) => recordedAt) },
    { name: 'event_id', type: 'text', values: parked.map(({ eventId }) => eventId) },
    { name: 'code', type: 'text', values: parked.map(({ code }) => code) },
    { name: 'detail', type: 'text', values: parked.map(({ detail }) => detail) },
  ];
  await insertRows(client, table, { columns, onConflict: 'ON CONFLICT (key) DO NOTHING' });
}
