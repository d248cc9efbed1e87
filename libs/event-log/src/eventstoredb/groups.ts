import { settled } from './settled.js';

/** So few on their way keep nobody waiting: a group is worth a wait where many write. */
const FEW = 8;
/** Whoever went so long ago counts as answered: a reply that does not come holds nobody back for longer. */
const HOLD_MS = 25;

/** Says that one of a group was answered; said again it says nothing. */
export type Back = () => void;
type Member = (back: Back) => void;

/**
 * Lets appends go in groups: what comes while many are on their way goes together once all but a few of those were
 * answered. Each stays an append of its own; but the engine writes what reaches it together in one go, the index is asked
 * about all of a group in one statement, and they come back to it together.
 */
export class Groups {
  private waiting: Member[] = [];
  private underWay = 0;
  private gathering = false;
  private readonly watchers = new Set<() => void>();

  /** Resolves when it is time to go. */
  join(): Promise<Back> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      void this.next();
    });
  }

  /** Resolves once only few are on their way, or after `ms`. */
  answered(ms: number): Promise<void> {
    if (this.underWay < FEW) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.watchers.add(done);
    });
  }

  private async next(): Promise<void> {
    if (this.gathering || this.underWay >= FEW) return;
    this.gathering = true;
    await settled(() => this.waiting.length);
    this.gathering = false;
    const group = this.waiting;
    this.waiting = [];
    this.go(group);
  }

  private go(group: readonly Member[]): void {
    const out = new Set(group);
    this.underWay += out.size;
    const back = (one: Member): void => {
      if (!out.delete(one)) return;
      if (out.size === 0) clearTimeout(timer);
      this.underWay -= 1;
      if (this.underWay < FEW) this.fewer();
    };
    const timer = setTimeout(() => group.forEach(back), HOLD_MS);
    for (const one of group) one(() => back(one));
  }

  private fewer(): void {
    for (const done of [...this.watchers]) done();
    if (this.waiting.length > 0) void this.next();
  }
}
