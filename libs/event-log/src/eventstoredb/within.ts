import { isLogError, LogError } from '../errors.js';

const SILENCE = 'the event store did not answer in time';
const CALLED_OFF = 'the call was called off';
/** Whether a wait ended since nothing came. */
export const isSilence = (error: unknown): boolean => isLogError(error, 'Unavailable') && error.message === SILENCE;
/** Whether a wait ended at a signal. */
export const isCalledOff = (error: unknown): boolean => isLogError(error, 'Aborted');

/** The promise's own outcome, or an error after a time or at a signal, also one that was given before; what it comes to afterwards is nobody's. */
export function within<T>(promise: Promise<T>, { ms, signals }: { readonly ms: number; readonly signals: readonly (AbortSignal | undefined)[] }): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = (): void => reject(new LogError('Aborted', CALLED_OFF));
    const timer = setTimeout(() => reject(new LogError('Unavailable', SILENCE)), ms);
    for (const signal of signals) {
      if (signal?.aborted === true) off();
      signal?.addEventListener('abort', off, { once: true });
    }
    const done = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', off);
    };
    promise.finally(done).then(resolve, reject);
  });
}
