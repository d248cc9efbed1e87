import { constants } from 'node:os';

/** Why a start ended before it served: somebody asked it to. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}

/** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. A second one finds no listener here and ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const heard = (signal: NodeJS.Signals): void => {
    process.off('SIGINT', heard).off('SIGTERM', heard);
    controller.abort(new Interrupted(signal));
  };
  process.once('SIGINT', heard).once('SIGTERM', heard);
  return controller.signal;
}

/**
 * The exit code of a process that was asked to end: 130 after Ctrl-C; after SIGTERM 0 where it had served and all is in order,
 * 143 where it had not come to that.
 */
export function exitCodeOf({ reason }: AbortSignal, served: boolean): number {
  const signal = reason instanceof Interrupted ? reason.signal : 'SIGTERM';
  return signal === 'SIGTERM' && served ? 0 : 128 + constants.signals[signal];
}
