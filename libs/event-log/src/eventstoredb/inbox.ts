import type { EngineEvent, EngineSubscription, EngineListener } from './engine.js';
import { settled } from './settled.js';

/** More waiting than this, and the subscription is held back. */
const HELD_EVENTS_MAX = 2_000;

/** The subscription is over; `cause` is the error that ended it, null where it ended without one. */
export class Dropped extends Error {
  constructor(override readonly cause: unknown) {
    super('the subscription ended');
  }
}

/** How events are waited for. */
export interface Patience {
  /** For the first. */
  readonly ms: number;
  readonly signal: AbortSignal;
  /** Resolves when there is no more to wait for of what comes with the first. */
  readonly together: () => Promise<void>;
}

/** What a subscription has told and nobody has taken yet, in order, each event once, bounded. */
export class Inbox implements EngineListener {
  private events: EngineEvent[] = [];
  private wake: () => void = () => undefined;
  private over: { readonly error: unknown } | null = null;
  private paused = false;
  private subscription: EngineSubscription | null = null;

  /** The position of the last event told, the engine's own included. */
  constructor(private last: bigint | null) {}

  get lastPosition(): bigint | null {
    return this.last;
  }

  /** Lets the inbox hold the subscription back that fills it. */
  fedBy(subscription: EngineSubscription): void {
    this.subscription = subscription;
  }

  event(event: EngineEvent): void {
    // Delivered again: what was told once is not told twice.
    if (this.last !== null && event.position <= this.last) return;
    this.last = event.position;
    this.events.push(event);
    if (this.events.length >= HELD_EVENTS_MAX && !this.paused) {
      this.paused = true;
      this.subscription?.pause();
    }
    this.wake();
  }

  ended(error: unknown): void {
    this.over = { error };
    this.wake();
  }

  /** Up to `max` events, as soon as there are any; with those that come with the first; none where `ms` went by without one, or the signal ended the wait. Throws what ended the subscription, once everything told before was taken. */
  async take(max: number, { ms, signal, together }: Patience): Promise<readonly EngineEvent[]> {
    if (this.events.length === 0 && this.over === null && !signal.aborted) {
      await this.told(ms, signal);
    }
    if (this.events.length > 0 && this.events.length < max) await together();
    await settled(() => this.events.length);
    const taken = this.events.splice(0, max);
    if (taken.length === 0 && this.over !== null) throw new Dropped(this.over.error);
    if (this.paused && this.events.length < HELD_EVENTS_MAX / 2) {
      this.paused = false;
      this.subscription?.resume();
    }
    return taken;
  }

  private told(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.wake = done;
    });
  }
}
