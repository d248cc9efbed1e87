import { canonicalText, uuidV5 } from '@assay/domain';
import type { CommandDefinitions, Day, Decision, DecisionContext, Principal, Verdict } from '@assay/domain';
import type { Finder } from './finder.js';
import type { CommandMessage } from './outcome.js';
import type { Fold, Folds, Reader } from './reader.js';

/** A command as deciders take it. */
export interface Command {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}
export interface DecidedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a handler may use to assemble the world of a decision. Every read goes through `reader`, at one position. */
export interface Gathering extends DecisionContext {
  readonly reader: Reader;
  readonly finder: Finder;
  readonly folds: Folds;
  readonly issuer: CommandMessage['issuer'];
  readonly message: CommandMessage;
  /** The stream the command goes to. */
  readonly stream: string;
  readonly timeZone: string;
  /** The log clock, ms. */
  readonly now: number;
  /** The log's UUID, namespace of derived ids. */
  readonly logId: string;
}

/**
 * How one aggregate's commands are carried out. The rules are the domain's; a handler only says which stream a command
 * goes to, what the decision must know of other streams, and who is asking. One per aggregate (`style.md`).
 */
export interface AggregateHandler<S, C extends { readonly type: string }, W, E extends { readonly type: string; readonly data: unknown }> {
  readonly aggregate: string;
  readonly commands: CommandDefinitions;
  readonly fold: Fold<S>;
  /** The stream of a command: derived from what must be unique, or made from the command's own id. */
  stream(message: CommandMessage, ids: DerivedIds): string;
  world(command: C, state: S, gathering: Gathering): Promise<W>;
  /** Whether the issuer may read the aggregate; otherwise the command is answered as if it did not exist. */
  mayRead(principal: Principal, state: S, world: W): boolean;
  may(principal: Principal, command: C, of: { readonly state: S; readonly world: W }): Verdict;
  decide(state: S, command: C, world: W): Decision<E>;
  /** The person whom the event's texts are about; the actor where undefined. */
  subject?(event: E, state: S, world: W): string | undefined;
  /** The business day an event is true from, where it differs from the day of recording. */
  effectiveOn?(event: E): Day | undefined;
  /** Types that SYSTEM appends together with a person's command, e.g. the unsealing with the last evaluation. */
  readonly systemTypes?: ReadonlySet<string>;
}

/** Ids that follow from what must be unique (`architecture.md`, The log port). */
export interface DerivedIds {
  /** UUIDv5 under the log of the parts, joined so that no two lists of parts meet. */
  of(...parts: readonly string[]): string;
  /** For what a command creates: of (actor, commandId). */
  readonly fresh: string;
}

/** The UUIDv5 under a log of what must be unique; parts are joined as canonical JSON, so that no two lists of them meet. */
export const derivedId = (logId: string, parts: readonly string[]): string => uuidV5(logId, canonicalText([...parts]));

/** A handler with its types forgotten: what a registry holds. The casts stand where the registry's name restores them. */
export type AnyHandler = AggregateHandler<unknown, Command, unknown, DecidedEvent>;

/** Forgets a handler's types; its stream's category and its command table keep what the registry needs. */
export function asHandler<S, C extends { readonly type: string }, W, E extends { readonly type: string; readonly data: unknown }>(handler: AggregateHandler<S, C, W, E>): AnyHandler {
  // What a registry holds is called only by the aggregate's name, with that aggregate's own states and commands.
  return handler as unknown as AnyHandler;
}
