import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isLogError, LogError } from '../errors.js';
import { engineFateOf, toEngineError } from './engine-errors.js';
import type { EngineClient, EngineEvent } from './engine.js';
import { Dropped, Inbox } from './inbox.js';
import type { IndexKeeping } from './index-keeping.js';
import type { EngineLink } from './link.js';
import { order, type LogScope, type OrderEntry, type Ordered, type OrderState } from './ordering.js';
import { within } from './within.js';

/** What the indexer works with, and whom it tells. */
export interface IndexerPorts {
  readonly link: EngineLink;
  readonly keeping: IndexKeeping;
  readonly scope: LogScope;
  /** Where the index ends now. */
  readonly state: () => Promise<OrderState>;
  /** Throws `LogDiverged` unless the engine has the index's last event, and is the index's log. */
  readonly verify: (client: EngineClient) => Promise<void>;
  /** Where the log begins at the engine (exclusive), for an index that is empty. */
  readonly beginning: (client: EngineClient) => Promise<bigint | null>;
  /** Resolves when the rest may be there of what this process has sent together, or soon. */
  readonly together: () => Promise<void>;
  /** Entries that stand in the index now. */
  readonly indexed: (entries: readonly OrderEntry[]) => void;
  /** Something failed for good (`LogDiverged`, `Unauthorized`): the index is extended no more by this process. */
  readonly stopped: (error: LogError) => void;
  /** Something failed and is tried again. */
  readonly failed: (error: unknown) => void;
}

const BATCH_EVENTS_MAX = 500;
/** Without a word for so long, the engine is asked whether it has more than it told; a frozen one is found within 5 s. */
const QUIET_MS = 1_000;
const PROBE_MS = 2_000;
/** Also the first that is asked over a new connection, which a frozen server's kernel takes all the same. */
const VERIFY_MS = 5_000;
/** How often one that is not the keeper asks whether it may be. */
const ASK_MS = 1_000;
const BACKOFF_MS = { first: 50, most: 2_000 };

/**
 * Keeps the order index: one subscription to everything from the last event indexed, each batch put in order and added by
 * compare-and-set. It resumes only after events that were indexed. Silence is looked into, since a subscription that
 * stalls, or a server that is frozen, says nothing; a drop is answered by a new one, after a pause that grows and is never
 * the same twice.
 */
export class Indexer {
  private readonly ending = new AbortController();
  private running: Promise<void> | null = null;
  private failures = 0;
  private keeper = false;

  constructor(private readonly ports: IndexerPorts) {}

  /** Whether this process extends the index. */
  get isKeeper(): boolean {
    return this.keeper;
  }

  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.ports.keeping.leave();
    await this.ports.keeping.close();
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        if (await this.ports.keeping.keep()) await this.extendOn();
        else await this.pause(ASK_MS);
      } catch (error) {
        this.keeper = false;
        if (this.ending.signal.aborted) return;
        const last = finalOf(error);
        if (last !== null) return this.ports.stopped(last);
        this.ports.failed(error);
        await this.pause(this.backoff());
      }
    }
  }

  private async extendOn(): Promise<void> {
    const { link } = this.ports;
    const client = await link.client();
    try {
      await within(this.ports.verify(client), { ms: VERIFY_MS, signals: [this.ending.signal] });
      await this.follow(client, await this.ports.state());
    } catch (error) {
      // Whatever it was, the next one begins on a connection of its own.
      if (!isLogError(error, 'LogDiverged')) link.recycle(client, error instanceof Dropped ? error.cause : error);
      throw error;
    }
  }

  private async follow(client: EngineClient, from: OrderState): Promise<void> {
    const after = from.enginePosition ?? (await this.ports.beginning(client));
    const inbox = new Inbox(after);
    const subscription = client.subscribe(after, inbox);
    inbox.fedBy(subscription);
    this.keeper = true;
    try {
      await this.take(client, { inbox, from });
    } finally {
      this.keeper = false;
      subscription.stop();
    }
  }

  private async take(client: EngineClient, { inbox, from }: { readonly inbox: Inbox; readonly from: OrderState }): Promise<void> {
    let state: OrderState | null = from;
    let rest: readonly EngineEvent[] = [];
    while (state !== null && !this.ending.signal.aborted) {
      const events = await inbox.take(BATCH_EVENTS_MAX, { ms: QUIET_MS, signal: this.ending.signal, together: this.ports.together });
      if (events.length === 0) await this.lookInto(client, inbox);
      const ordered: Ordered = order(state, [...rest, ...events], this.ports.scope);
      rest = ordered.rest;
      state = await this.extend(state, ordered);
      this.failures = 0;
    }
  }

  /** The state after the entries; null where another keeps the index now. Without entries it only holds the right on. */
  private async extend(from: OrderState, { entries, state }: { readonly entries: readonly OrderEntry[]; readonly state: OrderState }): Promise<OrderState | null> {
    if (entries.length === 0) return (await this.ports.keeping.holdOn()) ? from : null;
    const said = await this.ports.keeping.extend(from, entries, state);
    if (said === 'LOST') return null;
    if (said !== 'OK') throw new LogError('Unavailable', said === 'GAP' ? 'an event was not delivered; the subscription begins anew' : 'the order index was moved by another; it is read anew', {});
    this.ports.indexed(entries);
    return state;
  }

  /** Nothing came for a while: either there is nothing, or we are not told. */
  private async lookInto(client: EngineClient, inbox: Inbox): Promise<void> {
    if (this.ending.signal.aborted) return;
    const [last] = await client.readAll({ from: null, direction: 'BACKWARDS', max: 1 }, PROBE_MS);
    if (last === undefined || (inbox.lastPosition !== null && last.position <= inbox.lastPosition)) return;
    const before = inbox.lastPosition;
    await this.pause(QUIET_MS);
    if (inbox.lastPosition === before) throw new LogError('Unavailable', 'the subscription has stalled; it begins anew', {});
  }

  private backoff(): number {
    const wait = Math.min(BACKOFF_MS.first * 2 ** this.failures, BACKOFF_MS.most);
    this.failures = Math.min(this.failures + 1, 10);
    // Processes that lost the same server do not come back to it all at once.
    return randomInt(Math.ceil(wait / 2), wait * 2);
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}

/** What no waiting mends. */
function finalOf(thrown: unknown): LogError | null {
  const error = thrown instanceof Dropped ? thrown.cause : thrown;
  if (isLogError(error)) return error.code === 'LogDiverged' || error.code === 'Unauthorized' ? error : null;
  const fate = engineFateOf(error);
  if (fate === 'INVALID_POSITION') return new LogError('LogDiverged', 'the event store has no event where the order index has its last one', {}, error);
  return fate === 'DENIED' ? toEngineError(error, 'the order index') : null;
}

