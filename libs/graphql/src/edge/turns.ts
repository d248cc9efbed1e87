/** Work of more CPU time than this, in ms, is followed by a pause of its client, so many times as long. */
export const PAUSES = { longMs: 1, times: 3 } as const;

/** CPU time of the process, in ms: what others on the machine take of it is not its client's doing. */
const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Lets begin in turn: in each turn of the event loop one thing of each client, oldest first. Where nothing waits it begins
 * at once, so that this costs the usual request nothing; of a flood that arrives together one begins, and whoever else is
 * being served goes on before the next. What took long is followed by a pause of its client, so that nobody has more than a
 * quarter of the process. What is queued is bounded by the connections that it came on.
 */
export class Turns {
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly pausing = new Map<string, NodeJS.Timeout>();
  /** Whose turn this turn of the event loop has been; undefined before anything has begun in it. */
  private begun: Set<string> | undefined;

  constructor(private readonly used: () => number = usedMs) {}

  /** Calls `begin`, now or in a later turn of the event loop; those of one client in the order in which they came. */
  take(client: string, begin: () => void): void {
    const queue = this.waiting.get(client);
    if (queue) queue.push(begin);
    else if (this.pausing.has(client) || this.turn().has(client)) this.waiting.set(client, [begin]);
    else {
      this.turn().add(client);
      begin();
    }
  }

  /** Resolves when it is this client's turn. */
  taken(client: string): Promise<void> {
    return new Promise((resolve) => this.take(client, resolve));
  }

  /** Does work of this client without a break, and has the client pause for it. */
  spend<T>(client: string, work: () => T): T {
    const before = this.used();
    try {
      return work();
    } finally {
      const ms = this.used() - before;
      if (ms > PAUSES.longMs) this.pause(client, ms * PAUSES.times);
    }
  }

  private pause(client: string, ms: number): void {
    clearTimeout(this.pausing.get(client));
    const over = (): void => {
      this.pausing.delete(client);
      if (this.waiting.has(client)) this.turn();
    };
    this.pausing.set(client, setTimeout(over, ms).unref());
  }

  private turn(): Set<string> {
    if (this.begun) return this.begun;
    setImmediate(() => this.next());
    return (this.begun = new Set());
  }

  private next(): void {
    this.begun = undefined;
    for (const [client, queue] of [...this.waiting]) {
      if (this.pausing.has(client)) continue;
      const begin = queue.shift();
      if (queue.length === 0) this.waiting.delete(client);
      this.turn().add(client);
      begin?.();
    }
  }
}

/** The same iterator, each value of which is asked for when `turn` resolves. */
export function paced<I extends { next(): Promise<unknown> }>(iterator: I, turn: () => Promise<void>): I {
  const next = iterator.next.bind(iterator);
  return Object.assign(iterator, { next: () => turn().then(() => next()) });
}
