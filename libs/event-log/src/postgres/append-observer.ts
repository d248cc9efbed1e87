import { performance } from 'node:perf_hooks';
import { isLogError, type LogErrorCode } from '../errors.js';

/** Told what becomes of appends, for whoever counts; it never throws. */
export interface AppendObserver {
  /** An append was answered, after so many milliseconds. */
  appended(outcome: 'OK' | LogErrorCode | 'unknown', of: { readonly events: number; readonly ms: number }): void;
  /** So many appends went out together in one call. */
  grouped(appends: number): void;
}

/** Does an append and tells the observer how it went. */
export async function observed<T>(observer: AppendObserver | undefined, events: number, append: () => Promise<T>): Promise<T> {
  if (observer === undefined) return append();
  const begun = performance.now();
  const tell = (outcome: Parameters<AppendObserver['appended']>[0]): void => observer.appended(outcome, { events, ms: performance.now() - begun });
  try {
    const answer = await append();
    tell('OK');
    return answer;
  } catch (error) {
    tell(isLogError(error) ? error.code : 'unknown');
    throw error;
  }
}
