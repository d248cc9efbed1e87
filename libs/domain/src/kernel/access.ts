/**
 * Who asks, and what they may read. Rights come from the log, never from a token (`domain.md`, Who may do what).
 * A visibility is data, so that one definition has two readers: `sees` below for one row, and the read models'
 * translation to SQL for lists and counts. A test holds the two together.
 */
export const ROLES = ['EMPLOYEE', 'MANAGER', 'COMMITTEE', 'MARKETING_HEAD', 'HR', 'FINANCE', 'AUDITOR', 'ADMIN', 'INTEGRATION'] as const;
export type Role = (typeof ROLES)[number];

/** A person (or a registered integration) with what the log says of them today. */
export interface Principal {
  /** Person id; for an integration its registration's id. */
  readonly personId: string;
  readonly roles: ReadonlySet<Role>;
  /** Ids of the people whose directory manager they are today. */
  readonly manages: ReadonlySet<string>;
  /** Codes of the units they head today. */
  readonly heads: ReadonlySet<string>;
  /** Code of the unit they belong to today; absent where they belong to none. */
  readonly unit?: string;
  /** Seats they hold or stand in for today. */
  readonly seats: ReadonlySet<'MARKETING_DIRECTOR' | 'HR' | 'FINANCE'>;
  /** For an integration: its sources and metrics. */
  readonly integration?: { readonly sources: readonly string[]; readonly metrics: readonly string[] };
}

/** Rows of a view carry some of these columns; each names a person or unit the row has to do with. */
export type AccessColumn = 'subject' | 'owner' | 'ownerUnit' | 'manager' | 'superior' | 'evaluators' | 'metric' | 'requester' | 'affected';

/** ALL rows, NONE, or those where one of the columns holds one of the values. */
export type Visibility = 'ALL' | 'NONE' | { readonly any: readonly { readonly column: AccessColumn; readonly in: readonly string[] }[] };

/** One row's access columns; an absent or null column matches nobody. */
export type AccessRow = Readonly<Partial<Record<AccessColumn, string | readonly string[] | null>>>;

/** Whether a visibility shows one row. */
export function sees(visibility: Visibility, row: AccessRow): boolean {
  if (visibility === 'ALL') return true;
  if (visibility === 'NONE') return false;
  return visibility.any.some(({ column, in: values }) => {
    const held = row[column];
    if (held === null || held === undefined) return false;
    return typeof held === 'string' ? values.includes(held) : held.some((one) => values.includes(one));
  });
}
