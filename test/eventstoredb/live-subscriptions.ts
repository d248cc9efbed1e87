import type { CallFailure } from './failures.js';
import type { Position } from './log-record.js';
import { checkpointMessage, fellBehindMessage } from './messages.js';
import type { Subscription } from './subscription.js';

/** What a test may do to all subscriptions that are open. */
export class LiveSubscriptions {
  constructor(private readonly live: ReadonlySet<Subscription>) {}

  get count(): number {
    return this.live.size;
  }

  /** Ends them without an error, which a client cannot tell from nothing to say. */
  end(): void {
    for (const { reply } of this.live) reply.finish();
  }

  /** Ends them with an error. */
  fail(failure: CallFailure): void {
    for (const { reply } of this.live) reply.fail(failure);
  }

  /** Delivers the last event again. */
  repeatLast(): void {
    for (const { reply } of this.live) reply.repeatLast();
  }

  /** Sends a checkpoint, whatever the log says: one of the traps, say. */
  async checkpoint(position: Position): Promise<void> {
    for (const { reply } of this.live) await reply.message(checkpointMessage(position));
  }

  /** What no server sends yet, and the client has an event for. */
  async fellBehind(): Promise<void> {
    for (const { reply } of this.live) await reply.message(fellBehindMessage());
  }
}
