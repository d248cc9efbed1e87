import type { z } from 'zod';
import type { Day } from './schema.js';
import type { RuleCode } from './rules.js';

/**
 * Commands and what becomes of them. A decider is a pure function
 * `decide(state, command, world) -> Decision`: it checks the rules in the order of `domain.md` and returns either the
 * events or the first rule broken. It never throws for what a user caused.
 */
export interface CommandDefinition<S extends z.ZodObject = z.ZodObject> {
  /** One sentence for the GraphQL description and `docs/reference/access.md`. */
  readonly doc: string;
  /** The input beside `commandId`, `reason` and `expectedRevision`, which every mutation has where it applies. */
  readonly input: S;
  /** A reason of 1 to 1,000 characters is `required`, `optional`, or not part of the command. */
  readonly reason?: 'required' | 'optional';
  /** It begins a stream: no `expectedRevision`. */
  readonly creates?: true;
  /** Issued by timers and process managers only; no mutation exists. */
  readonly system?: true;
}
export type CommandDefinitions = Readonly<Record<string, CommandDefinition>>;

/** Keeps the literal names, so that the union of commands can be inferred from the definitions. */
export function defineCommands<D extends CommandDefinitions>(definitions: D): D {
  return definitions;
}
/** The union `{ type, data, reason }` of a definition table. */
export type CommandOf<D extends CommandDefinitions> = {
  readonly [T in keyof D & string]: { readonly type: T; readonly data: Readonly<z.infer<D[T]['input']>>; readonly reason?: string };
}[keyof D & string];

/** What every decider is told beside the state: never read from a clock. */
export interface DecisionContext {
  /** Person id, or `SYSTEM`. */
  readonly actor: string;
  /** The log clock's day in the company's time zone, at the position the decision stands on. */
  readonly today: Day;
  /** The id the handler made for what the command creates: UUIDv5(actor, commandId), or the key where `domain.md` names one. */
  readonly newId: string;
}

/** A named figure that explains a rejection, e.g. `{ name: 'sum', value: '9900', kind: 'BASIS_POINTS' }`. */
export interface RejectionFact {
  readonly name: string;
  readonly value: string;
  readonly kind: 'TEXT' | 'CODE' | 'ID' | 'DATE' | 'DECIMAL' | 'INTEGER' | 'BASIS_POINTS';
}
export interface Rejection {
  readonly rejected: RuleCode;
  readonly facts: readonly RejectionFact[];
}
export interface Accepted<E> {
  readonly events: readonly E[];
}
/** Events to append in one atomic append (none: nothing changes, and the answer is the state as it is), or the rule that says no. */
export type Decision<E> = Accepted<E> | Rejection;

/** The events to append, in order; none where nothing changes. */
export const accept = <E>(...events: readonly E[]): Accepted<E> => ({ events });
/** The first rule broken, with the figures that explain it. */
export const reject = (rejected: RuleCode, ...facts: readonly RejectionFact[]): Rejection => ({ rejected, facts });
/** Tells a rejection from events. */
export const isRejection = <E>(decision: Decision<E>): decision is Rejection => 'rejected' in decision;

/** `fact('sum', 9900, 'BASIS_POINTS')`. */
export const fact = (name: string, value: string | number, kind: RejectionFact['kind'] = 'TEXT'): RejectionFact => ({ name, value: String(value), kind });

/** The verdict of a policy. `OWN_CASE` is a rule and answered as a rejection; `FORBIDDEN` as an error. */
export type Verdict = { readonly authority: string } | { readonly denied: 'FORBIDDEN' | 'OWN_CASE' };
export const allow = (authority: string): Verdict => ({ authority });
export const FORBIDDEN: Verdict = { denied: 'FORBIDDEN' };
export const OWN_CASE: Verdict = { denied: 'OWN_CASE' };
