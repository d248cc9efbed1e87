import type { ColumnDefinitions, ColumnType } from '../view/columns.js';
import { versionedName, type View } from '../view/view.js';

/** The schema of all read-model tables. */
export const SCHEMA = 'read_model';

/** A name as SQL takes it. Names come from code, never from a request; quoting keeps their case. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `score`, version 3 → "read_model"."score_state__v3". */
function tableOf(
  view: Pick<View, 'name' | 'version'>,
  part: '' | 'state' | 'link' | 'member' | 'history' | 'parked',
): string {
  return `${SCHEMA}.${quoted(versionedName({ name: part === '' ? view.name : `${view.name}_${part}`, version: view.version }))}`;
}
/** The tables of one projection version, as SQL names them. */
export interface TableNames {
  readonly rows: string;
  readonly state: string;
  readonly link: string;
  readonly member: string;
  readonly history: string;
  readonly parked: string;
}
/** Names of a projection version's tables. */
export const tablesOf = (view: Pick<View, 'name' | 'version'>): TableNames => ({
  rows: tableOf(view, ''),
  state: tableOf(view, 'state'),
  link: tableOf(view, 'link'),
  member: tableOf(view, 'member'),
  history: tableOf(view, 'history'),
  parked: tableOf(view, 'parked'),
});

/**
 * What the owner runs once at boot: the schema in which the app login makes its tables. The log's own schema stays as
 * it is; nothing here can touch it.
 */
export const readModelSchemaSql = (app: string): string => `
CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
GRANT USAGE, CREATE ON SCHEMA ${SCHEMA} TO ${app};
`;

/** The register of projections: cursor, lease, definition hash. `epoch` counts what changed rows without moving the cursor. */
export const REGISTER = `${SCHEMA}.projection`;
export const REGISTER_SQL = `
CREATE TABLE IF NOT EXISTS ${REGISTER} (
  name text NOT NULL, version integer NOT NULL, hash text NOT NULL, position bigint NOT NULL DEFAULT -1, epoch bigint NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0, owner text, lease_until timestamptz, warm_until bigint NOT NULL, live boolean NOT NULL DEFAULT false,
  stopped text, PRIMARY KEY (name, version));
`;

/** Texts compare by code point, whatever the database's locale: pages are cut alike on every server. */
const sqlTypeOf = (type: ColumnType): string => (type === 'text' ? 'text COLLATE "C"' : type);

const columnList = (columns: ColumnDefinitions<never>): string =>
  Object.entries(columns)
    .map(([name, { type }]) => `, ${quoted(name)} ${sqlTypeOf(type)}`)
    .join('');

const indexMethod = (type: ColumnType | undefined): string => (type === 'text[]' ? 'USING gin ' : '');

/** Documents and states are `json`, not `jsonb`: it keeps the order of object keys that a fold may rest on, and costs less to write. */
export function viewTablesSql(view: View): string {
  const tables = tablesOf(view);
  const indexes = (view.indexes ?? []).map((names) => {
    const method = names.length === 1 ? indexMethod(view.columns[names[0] ?? '']?.type) : '';
    const parts = names.map(quoted).join(', ');
    return `CREATE INDEX IF NOT EXISTS ${quoted(`${versionedName(view)}_${names.join('_')}`.slice(0, 63))} ON ${tables.rows} ${method}(${parts}${method === '' ? ', key' : ''});`;
  });
  return `
CREATE TABLE IF NOT EXISTS ${tables.state} (stream text PRIMARY KEY, revision bigint NOT NULL, state json NOT NULL, broken boolean NOT NULL);
CREATE TABLE IF NOT EXISTS ${tables.link} (source text NOT NULL, key text NOT NULL, PRIMARY KEY (source, key));
CREATE INDEX IF NOT EXISTS ${quoted(`${view.name}_link_key__v${view.version}`)} ON ${tables.link} (key);
CREATE TABLE IF NOT EXISTS ${tables.member} ("group" text NOT NULL, stream text NOT NULL, PRIMARY KEY ("group", stream));
CREATE TABLE IF NOT EXISTS ${tables.rows} (key text COLLATE "C" PRIMARY KEY, doc json NOT NULL, position bigint NOT NULL, "recordedAt" bigint NOT NULL${columnList(view.columns)});
CREATE TABLE IF NOT EXISTS ${tables.parked} (key text PRIMARY KEY, position bigint NOT NULL, "recordedAt" bigint NOT NULL, event_id text NOT NULL, code text NOT NULL, detail text NOT NULL);
${indexes.join('\n')}
${view.history ? historySql(view, view.history) : ''}`;
}

function historySql(view: View, { columns, indexes = [] }: NonNullable<View['history']>): string {
  const { history } = tablesOf(view);
  const further = indexes.map((names) => {
    const name = quoted(`${versionedName(view)}_history_${names.join('_')}`.slice(0, 63));
    return `CREATE INDEX IF NOT EXISTS ${name} ON ${history} (${names.map(quoted).join(', ')}, position);`;
  });
  return `
CREATE TABLE IF NOT EXISTS ${history} (key text COLLATE "C" NOT NULL, position bigint NOT NULL, seq integer NOT NULL, "recordedAt" bigint NOT NULL, doc json NOT NULL${columnList(columns)}, PRIMARY KEY (key, position, seq));
CREATE INDEX IF NOT EXISTS ${quoted(`${view.name}_history_position__v${view.version}`)} ON ${history} (position, key, seq);
${further.join('\n')}`;
}
