import { isCommandError, wasRejected, type CommandMessage, type CommandOutcome } from '@assay/commands';
import type { Principal } from '@assay/domain';
import type { ImportInput } from './input.js';
import type { Tally } from './report.js';
import type { LoadTarget } from '@assay/runtime';

/** How an import into a log of today goes about it. */
export interface LiveOptions {
  /** Retract facts whose rows are missing from the file. */
  readonly full: boolean;
  readonly dryRun: boolean;
  /** Whose targets are set: the person of the token; null without one. */
  readonly person: Principal | null;
  readonly progress: (at: { readonly label: string; readonly done: number; readonly of: number }) => void;
  readonly signal: AbortSignal;
}

/** An import under way. */
export interface LiveImport {
  readonly target: LoadTarget;
  readonly input: ImportInput;
  readonly importId: string;
  readonly tally: Tally;
  /** The integration that delivers the mapping's source. */
  readonly integration: Principal;
  readonly options: LiveOptions;
  readonly issue: (command: LiveCommand) => Promise<CommandOutcome>;
}
/** A command of an import; its id follows from the import, `key` and payload, so that a second run repeats nothing. */
export type LiveCommand = Pick<CommandMessage, 'aggregate' | 'type' | 'id' | 'data' | 'reason'> & { readonly key: string; readonly by: Principal };

/** What a command is refused with, or null: a rule, or that the person of the token may not do it. */
export async function refusalOf(issued: Promise<CommandOutcome>): Promise<string | null> {
  try {
    const outcome = await issued;
    return wasRejected(outcome) ? outcome.rejection.rejected : null;
  } catch (error) {
    if (isCommandError(error, 'FORBIDDEN') || isCommandError(error, 'NOT_FOUND')) return error.code;
    throw error;
  }
}
