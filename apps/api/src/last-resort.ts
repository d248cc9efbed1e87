/** How long closing in order may take beyond what requests are given: the longest wait in it is that of an append in doubt, 10 s. */
const CLOSING_MS_MAX = 30_000;

/**
 * Bounds the way down: from the signal on, where closing in order has not ended the process in time, it is ended. What was
 * acknowledged is in the log by then; what was not is repeated by whoever sent it.
 */
export function endInTime(signal: AbortSignal, { delayMs, graceMs }: { readonly delayMs: number; readonly graceMs: number }, end: () => void): void {
  signal.addEventListener('abort', () => void setTimeout(end, delayMs + graceMs + CLOSING_MS_MAX).unref(), { once: true });
}
