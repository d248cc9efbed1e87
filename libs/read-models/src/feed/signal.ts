/** Wakes whoever waits for something to have moved. A version number closes the gap between looking and waiting. */
export class Signal {
  private waiting = new Set<() => void>();
  private moves = 0;

  get version(): number {
    return this.moves;
  }

  notify(): void {
    this.moves += 1;
    const woken = this.waiting;
    this.waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves when the signal has moved since `version`, when `ms` have passed, or when the signal of an abort fires. */
  after(version: number, ms: number, abort?: AbortSignal): Promise<void> {
    if (this.moves !== version || abort?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        abort?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiting.add(done);
      abort?.addEventListener('abort', done, { once: true });
    });
  }
}
