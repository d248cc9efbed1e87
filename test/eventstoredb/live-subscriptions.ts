import type { Failure } from './faults.js';
import type { Position } from './log-record.js';
import { checkpointMessage, fellBehindMessage } from './messages.js';
import { failureOf, type Node } from './node.js';

/** What a test may do to all subscriptions that are open. */
export class LiveSubscriptions {
  constructor(private readonly node: Node) {}

  get count(): number {
    return this.node.live.size;
  }

  /** Ends them without an error, which a client cannot tell from nothing to say. */
  end(): void {
    for (const subscription of this.node.live) subscription.finish();
  }

  /** Ends them with an error. */
  fail(failure: Failure): void {
    const error = failureOf(this.node, { kind: 'FAIL', failure });
    for (const subscription of this.node.live) subscription.fail(error);
  }

  /** Delivers the last event again. */
  repeatLast(): void {
    for (const subscription of this.node.live) subscription.repeatLast();
  }

  /** Sends a checkpoint, whatever the log says: one of the traps, say. */
  async checkpoint(position: Position): Promise<void> {
    for (const subscription of this.node.live) await subscription.message(checkpointMessage(position));
  }

  /** What no server sends yet, and the client has an event for. */
  async fellBehind(): Promise<void> {
    for (const subscription of this.node.live) await subscription.message(fellBehindMessage());
  }
}
