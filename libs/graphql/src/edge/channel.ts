interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A bounded queue that a subscription reads. Unlike an async generator, whose `return` waits for the value it is
 * waiting for, it ends at once when its reader leaves, and then calls `onReturn`, once.
 */
export class Channel<T> implements AsyncIterableIterator<T, undefined, undefined> {
  private readonly queue: T[] = [];
  private waiter: Waiter<T> | undefined;
  private writer: (() => void) | undefined;
  private left = false;
  private ended: { readonly error?: unknown } | undefined;

  constructor(private readonly options: { readonly queuedMax: number; readonly onReturn?: () => void }) {}

  /** Resolves when one more value is taken, or the channel has ended; asked by one writer at a time. */
  async room(): Promise<void> {
    while (!this.ended && this.queue.length >= this.options.queuedMax) await new Promise<void>((resolve) => (this.writer = resolve));
  }

  /** Hands a value to the reader, or keeps it; false where the queue is full or has ended, and the value is not taken. */
  push(value: T): boolean {
    if (this.ended || this.queue.length >= this.options.queuedMax) return false;
    const { waiter } = this;
    this.waiter = undefined;
    if (waiter) waiter.resolve({ value, done: false });
    else this.queue.push(value);
    return true;
  }

  /** The reader gets what is queued, then the end, or the error. */
  end(error?: unknown): void {
    if (this.ended) return;
    this.ended = error === undefined ? {} : { error };
    this.writer?.();
    const { waiter } = this;
    this.waiter = undefined;
    if (waiter) this.settle(waiter);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const value = this.queue.shift();
    this.writer?.();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    return new Promise((resolve, reject) => {
      if (this.ended) this.settle({ resolve, reject });
      else this.waiter = { resolve, reject };
    });
  }

  /** The reader leaves: nothing queued is delivered any more. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.queue.length = 0;
    this.end();
    if (!this.left) this.options.onReturn?.();
    this.left = true;
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(): Promise<IteratorResult<T, undefined>> {
    return this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private settle({ resolve, reject }: Waiter<T>): void {
    // The error is given once; whoever reads on finds the end.
    const error = this.ended?.error;
    this.ended = {};
    if (error === undefined) resolve({ value: undefined, done: true });
    else if (error instanceof Error) reject(error);
    else reject(new Error('a channel ended with what is no error'));
  }
}
