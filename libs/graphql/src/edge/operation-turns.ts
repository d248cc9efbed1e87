/** How many run at once, of one identity and of all together, and how many of one identity may wait. */
export interface Places {
  readonly perIdentity: number;
  readonly inAll: number;
  readonly waiting: number;
}

interface Own {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Who runs and who waits. A place that gets free goes to the identity whose next operation has been next for longest, so
 * that many operations of one do not stand before the one of another.
 */
export class OperationTurns {
  private readonly identities = new Map<string, Own>();
  /** Those with operations that wait, the next one first. */
  private readonly inTurn = new Set<string>();
  private running = 0;

  constructor(private readonly places: Places) {}

  /** Resolves when an operation of this identity may run, with what counts it out again; undefined where too many wait. */
  enter(identity: string): Promise<() => void> | undefined {
    const own = this.identities.get(identity) ?? { running: 0, waiting: [] };
    if (own.waiting.length >= this.places.waiting) return undefined;
    this.identities.set(identity, own);
    this.inTurn.add(identity);
    return new Promise((resolve) => {
      own.waiting.push(() => resolve(() => this.leave(identity, own)));
      this.admit();
    });
  }

  private leave(identity: string, own: Own): void {
    own.running -= 1;
    this.running -= 1;
    if (own.running === 0 && own.waiting.length === 0) this.identities.delete(identity);
    this.admit();
  }

  private admit(): void {
    for (const identity of this.inTurn) {
      if (this.running >= this.places.inAll) return;
      const own = this.identities.get(identity);
      if (own && own.running >= this.places.perIdentity) continue;
      this.inTurn.delete(identity);
      const begin = own?.waiting.shift();
      if (!own || !begin) continue;
      own.running += 1;
      this.running += 1;
      begin();
      // Behind the others; a set that is added to while it is walked is walked to its new end.
      if (own.waiting.length > 0) this.inTurn.add(identity);
    }
  }
}
