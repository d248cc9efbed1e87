import type { Principal, Rejection } from '@assay/domain';
import type { Cursor } from '@assay/event-log';

/** Who issues a command: a person as the log knows them today, or a timer or process manager. */
export type Issuer = Principal | 'SYSTEM';

/** A command on its way to its aggregate: what the bus carries. */
export interface CommandMessage {
  /** The aggregate's name in `commandCatalogue`, e.g. `target`. */
  readonly aggregate: string;
  /** The command's name, e.g. `SetTarget`. */
  readonly type: string;
  /** What addresses an existing aggregate: the stream name without its category. Absent where the command makes or derives it. */
  readonly id?: string;
  /** The payload in the shape of its `CommandDefinition.input`. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** UUID, scoped to (actor, stream): the same command again is answered alike. */
  readonly commandId: string;
  /** Given and stale: `CONCURRENT_CHANGE`, no re-decision. */
  readonly expectedRevision?: number;
  readonly issuer: Issuer;
  /** What several commands of one intention share; the command's own id where absent. */
  readonly correlationId?: string;
  /** The event that set a SYSTEM command in motion, and the human at the root of the chain. */
  readonly causation?: { readonly eventId: string; readonly rootActor?: string };
  /** Only the loader of a simulated log: the instant of the append, in ms. */
  readonly simulatedNow?: number;
}

/** The log holds the command's events, from now or from before. */
export interface CommandAccepted {
  readonly accepted: {
    readonly stream: string;
    /** The stream's last revision after the command; -1 where the command changed nothing in an empty stream. */
    readonly revision: number;
    /** Null where the log took it but its ordinal is not known yet. */
    readonly position: number | null;
    readonly cursor: Cursor | null;
    /** The log knew this command already; nothing was appended. */
    readonly repeated: boolean;
    readonly commandId: string;
  };
}
/** A rule says no; nothing was appended. */
export interface CommandRejected {
  readonly rejection: Rejection;
}
/** What a command comes to. Rules that say no are values; what machines cause is thrown. */
export type CommandOutcome = CommandAccepted | CommandRejected;

/** Tells the two outcomes apart. */
export const wasRejected = (outcome: CommandOutcome): outcome is CommandRejected => 'rejection' in outcome;

/** Codes of `api.md` (Errors) that the executor itself gives. */
export type CommandErrorCode = 'NOT_FOUND' | 'FORBIDDEN' | 'CONCURRENT_CHANGE' | 'COMMAND_ID_REUSED' | 'BAD_USER_INPUT' | 'UNAVAILABLE';

/** What the edge maps to `extensions.code`. `NOT_FOUND` covers what may not be read, in the same words. */
export class CommandError extends Error {
  constructor(
    readonly code: CommandErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
/** Whether a thrown value is the executor's, of the given code where one is named. */
export function isCommandError(error: unknown, code?: CommandErrorCode): error is CommandError {
  return error instanceof CommandError && (code === undefined || error.code === code);
}
