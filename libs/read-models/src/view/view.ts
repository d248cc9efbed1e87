import type { Day, Recorded } from '@assay/domain';
import { RESERVED, type ColumnDefinitions } from './columns.js';

/**
 * How one category of streams is folded for a view. States are plain JSON: strings, finite numbers, booleans, null,
 * arrays and objects, no Map, Set, Date or bigint, for they are stored between batches. Both functions are pure.
 * Methods, not properties, so that a domain's `evolve` over its own events fits.
 */
export interface CategoryFold<S = unknown> {
  readonly initial: S;
  evolve(state: S, event: Recorded): S;
  /** The state without what was not yet true at the end of the day (`architecture.md`, History and replay); all of it where absent. */
  asOfDay?(state: S, day: Day): S;
  /**
   * Names of the groups the stream is a member of, e.g. `unit:EAST`, `goal:<id>`: how a key finds streams that point at it.
   * Membership only grows: a stream that once named a group stays in it, and `compute` judges what it is today.
   */
  groups?(state: S, stream: string): readonly string[];
}
export type CategoryFolds = Readonly<Record<string, CategoryFold>>;
export type StateOf<F> = F extends CategoryFold<infer S> ? S : never;

/** The folded states a view may look at, all at one position. */
export interface StateLookup<F extends CategoryFolds = CategoryFolds> {
  /** The state of a stream of the category; its initial state where the stream does not exist. */
  of<C extends keyof F & string>(category: C, stream: string): StateOf<F[C]>;
  /** Revision of a stream, -1 where it does not exist. */
  revision(stream: string): number;
  /** The streams of a group, sorted by name. */
  group(name: string): readonly string[];
}

/** A key under computation: its root stream's name and state, and the way to every state it depends on. */
export interface KeyContext<F extends CategoryFolds, Root> {
  readonly key: string;
  readonly root: Root;
  readonly states: StateLookup<F>;
  /** Where only what was true at the end of a day is asked for, that day; live it is null. `asOfDay` of the folds has been applied. */
  readonly effectiveOn: Day | null;
}

/** An append as it changed one key: what a history row is made from. */
export interface KeyChange<Doc> {
  readonly key: string;
  readonly before: Doc | null;
  readonly after: Doc | null;
  /** The events of the append that touched the key, in order: one stream, one command. */
  readonly events: readonly Recorded[];
}
export interface HistoryEntry<Row> {
  /** Position the row stands at; that of the append's last event where absent. */
  readonly position?: number;
  readonly row: Row;
}
/** Append-only rows beside the documents; filtered by their own columns, read under the access of their key's document. */
export interface HistoryDefinition<Doc, Row> {
  readonly columns: ColumnDefinitions<Row>;
  /** Indexes beside that on the position, each a list of column names; the position follows them. */
  readonly indexes?: readonly (readonly string[])[];
  rows(change: KeyChange<Doc>): readonly HistoryEntry<Row>[];
}

/**
 * A view: one document per stream of its root categories, computed from folded states alone. The live projection, a
 * rebuild, an unparking and every as-of answer call these same functions (`architecture.md`, Read models).
 */
export interface ViewDefinition<F extends CategoryFolds, R extends keyof F & string, Doc, Row> {
  /** Lower case with underscores; it names the tables. */
  readonly name: string;
  /** From 1; raised with every change of the definition hash. */
  readonly version: number;
  /** Each stream of these categories is a key, named by the stream; see `keys` for streams that hold several. */
  readonly root: R | readonly R[];
  readonly categories: F;
  /**
   * Keys of a root stream that its event touches, where a stream holds many documents: `partKey(stream, part)`, or the
   * stream's own name. `root` is the state after the event. Total: it never throws.
   */
  keys?(root: StateOf<F[R]>, event: Recorded): readonly string[];
  /**
   * Streams beside the root that `compute` looks at. What is looked up here (streams and groups) counts as depended on
   * without being returned, so following a chain is enough.
   */
  dependencies?(context: KeyContext<F, StateOf<F[R]>>): readonly string[];
  /** Narrows which events of other streams touch a key; all of them where absent. False only where `compute` cannot tell. */
  touches?(root: StateOf<F[R]>, event: Recorded): boolean;
  /** The document, plain JSON, or null where there is none (yet). Looks only at the root and at dependencies. */
  compute(context: KeyContext<F, StateOf<F[R]>>): Doc | null;
  /** Columns by which rows are filtered, ordered and shown; a name from `AccessColumn` takes part in visibility. */
  readonly columns: ColumnDefinitions<Doc>;
  /** Further indexes, each a list of column names; every column used for ordering deserves one. */
  readonly indexes?: readonly (readonly string[])[];
  readonly history?: HistoryDefinition<Doc, Row>;
}

/** Any view, for the machinery that runs them all. */
export type View<Doc = unknown> = ViewDefinition<CategoryFolds, string, Doc, unknown>;

const NAME = /^[a-z][a-z0-9_]{0,29}$/;

/**
 * Declares a view: `defineView<Doc, Row>()({ ... })`, its document (and history row) type stated, the types of its folds
 * inferred. Checks what types cannot: name, version, that roots and index columns exist. A wrong declaration throws when
 * the module is loaded, not when the first event arrives.
 */
export function defineView<Doc, Row = never>() {
  return <F extends CategoryFolds, R extends keyof F & string>(
    definition: ViewDefinition<F, R, Doc, Row>,
  ): ViewDefinition<F, R, Doc, Row> & View<Doc> => {
    checkDefinition(definition);
    return definition;
  };
}

function checkDefinition({ name, version, root, categories, columns, indexes = [] }: View): void {
  if (!NAME.test(name)) throw new Error(`view name ${name}: a-z, 0-9 and _, at most 30`);
  if (!Number.isInteger(version) || version < 1) throw new Error(`view ${name}: version ${version}`);
  for (const one of rootsOf({ root }))
    if (!(one in categories)) throw new Error(`view ${name}: root ${one} has no fold`);
  for (const column of Object.keys(columns)) {
    if (RESERVED.has(column)) throw new Error(`view ${name}: every row has a column ${column} already`);
  }
  for (const column of indexes.flat()) {
    if (!(column in columns) && column !== 'position')
      throw new Error(`view ${name}: index over an unknown column ${column}`);
  }
}

const PART = '#';

/** The key of one of the documents that a root stream holds; `part` is whatever tells them apart. */
export const partKey = (stream: string, part: string): string => `${stream}${PART}${part}`;

/** The root stream of a key: stream names hold no `#`. */
export function streamOfKey(key: string): string {
  const end = key.indexOf(PART);
  return end < 0 ? key : key.slice(0, end);
}

/** What tells a key from the others of its stream; null where it is the stream's only one. */
export function partOfKey(key: string): string | null {
  const end = key.indexOf(PART);
  return end < 0 ? null : key.slice(end + PART.length);
}

/** The root categories of a view, as a list. */
export const rootsOf = (view: { readonly root: string | readonly string[] }): readonly string[] =>
  typeof view.root === 'string' ? [view.root] : view.root;

/** `score` version 3 → `score__v3`: the name of its main table and of its projection. */
export const versionedName = (view: Pick<View, 'name' | 'version'>): string => `${view.name}__v${view.version}`;
