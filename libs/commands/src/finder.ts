import type { Day } from '@assay/domain';

/**
 * What a handler must find but cannot derive: ids of aggregates that refer to something. The read models answer it
 * (`architecture.md`, Folders: the port by which handlers reach views). Every answer is complete up to `position`;
 * an implementation waits for its projections to get there, at most 2 s, and throws `UNAVAILABLE` beyond.
 * Only ids come back: what they stand for is folded from the log, so that a decision rests on the log alone.
 */
export interface Finder {
  /** Person linked to an identity of a token, or null. */
  personByIdentity(identity: { readonly issuer: string; readonly subject: string }, position: number): Promise<string | null>;
  /** Person linked to a source account's keyed digest, or null. */
  personBySourceAccount(keyDigest: string, position: number): Promise<string | null>;
  /** People whose directory manager is the given person on the day. */
  reportsOf(personId: string, day: Day, position: number): Promise<readonly string[]>;
  /** People who belong to the unit on any day from `from` to `to`. */
  membersOf(unit: string, span: { readonly from: Day; readonly to: Day }, position: number): Promise<readonly string[]>;
  /** Every person of the log, by id. */
  people(position: number): Promise<readonly string[]>;
  /** Goals whose parent is one of the given. */
  childGoals(goalIds: readonly string[], position: number): Promise<readonly string[]>;
  /** Targets, live or withdrawn, that serve one of the goals. */
  targetsOfGoals(goalIds: readonly string[], position: number): Promise<readonly string[]>;
  /** Targets of an owner, of one cycle or of all. */
  targetsOf(owner: { readonly ownerId: string; readonly cycle?: string }, position: number): Promise<readonly string[]>;
  /** Appraisals of a person, of a cycle, or of a person in a cycle. */
  appraisalsOf(of: { readonly personId?: string; readonly cycle?: string }, position: number): Promise<readonly string[]>;
  /** Every scheme of the log, by id. */
  schemes(position: number): Promise<readonly string[]>;
  /** Owners for whom a fact of the metric may be recorded, by `source\u0000factId`: complete up to `position`, or where it is left out as far as it has got. */
  factOwners(
    metric: string,
    facts: readonly { readonly source: string; readonly factId: string }[],
    position?: number,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether any fact or target names the metric. */
  metricInUse(metric: string, position: number): Promise<boolean>;
}
