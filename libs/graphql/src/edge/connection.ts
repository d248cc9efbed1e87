import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { PAGE_SIZE_DEFAULT } from './cost.js';
import { badInput } from './error-codes.js';

/** The largest page; more is asked for page by page. */
export const PAGE_SIZE_MAX = 100;

/** What a list is asked for, as `ConnectionArgs` brings it. */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** What to read: `size` rows from the start (`FORWARD`) or the end (`BACKWARD`) of what lies between the two cursors. */
export interface Page {
  readonly size: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly after: string | null;
  readonly before: string | null;
}

/** The page that arguments ask for; `BAD_USER_INPUT` where both `first` and `last` are given. */
export function pageOf({ first, last, after, before }: PageRequest): Page {
  const both = typeof first === 'number' && typeof last === 'number';
  if (both) throw badInput('Give first or last, not both.');
  const backward = typeof last === 'number';
  return { size: (backward ? last : first) ?? PAGE_SIZE_DEFAULT, direction: backward ? 'BACKWARD' : 'FORWARD', after: after ?? null, before: before ?? null };
}

/** Where a page lies in its list. */
export interface PageBounds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** A row with its place. */
export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

/** A page as GraphQL shows it. */
export interface ConnectionOf<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageBounds;
  readonly totalCount: number | null;
}

/** A page as the read models give it: rows in the list's order, whichever end they were read from. */
export interface Slice<T> {
  readonly rows: readonly T[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  /** Null where it was not asked for. */
  readonly totalCount: number | null;
}

/** The Relay connection of a slice. */
export function connectionOf<T>({ rows, hasNext, hasPrevious, totalCount }: Slice<T>, cursorOf: (row: T) => string): ConnectionOf<T> {
  const edges = rows.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes: rows,
    pageInfo: { hasNextPage: hasNext, hasPreviousPage: hasPrevious, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount,
  };
}

/** Whether a field is selected below the one being resolved, so that a costly one (`totalCount`) is computed only then. */
export function isSelected(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>, name: string): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === name;
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      return within(info.fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some(({ selectionSet }) => within(selectionSet));
}
