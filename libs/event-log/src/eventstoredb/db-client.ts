import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AllStreamRecordedEvent, AllStreamSubscription, EventStoreDBClient, RecordedEvent } from '@eventstore/db-client';
import type * as Library from '@eventstore/db-client';
import { LogError } from '../errors.js';
import { channelsOf } from './channels.js';
import { isEngineAddress, ofItsOwn } from './engine-address.js';
import { engineFateOf, givenUp, isNotLeader } from './engine-errors.js';
import type { EngineAppend, EngineClient, EngineEvent, EngineListener, EngineRange, EngineStreamRange, EngineSubscription } from './engine.js';
import { tolerant } from './tolerant.js';
import { within } from './within.js';

/**
 * `@eventstore/db-client` 6.2.1 behind the facade. It is loaded when the first connection is made: whoever runs on
 * PostgreSQL alone pays nothing for it. `Unavailable` for an address that `isEngineAddress` does not take; whatever the
 * library says of one, the password may be in it.
 */
export async function connectDbClient(connectionString: string): Promise<EngineClient> {
  if (!isEngineAddress(connectionString)) throw new LogError('Unavailable', `the address of the event store is not one that its client reads: esdb://user:password@host:port?tls=true, user and password percent-encoded, with options that it knows`);
  const library = await import('@eventstore/db-client');
  const client = library.EventStoreDBClient.connectionString(ofItsOwn(connectionString));
  tolerant(client);
  return new DbClient(client, library, channelsOf(client));
}

class DbClient implements EngineClient {
  private isGivenUp = false;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly library: typeof Library,
    private readonly closeChannels: () => void,
  ) {}

  async append({ stream, expected, events }: EngineAppend): Promise<number> {
    const { binaryEvent } = this.library;
    // Bytes, not values: `jsonEvent` would write them anew, and change `-0` and the order of some keys.
    const proposed = events.map(({ id, type, body, metadata }) => binaryEvent({ id, type, data: body, metadata }));
    const { nextExpectedRevision } = await this.client.appendToStream(stream, proposed, { expectedRevision: expected < 0 ? 'no_stream' : BigInt(expected) });
    return Number(nextExpectedRevision);
  }

  async readStream({ stream, from, direction, max }: EngineStreamRange, silenceMs: number): Promise<readonly EngineEvent[]> {
    const forwards = direction === 'FORWARDS';
    const fromRevision = from === null ? (forwards ? 'start' : 'end') : BigInt(from);
    return this.atLeader(() => allOf(this.client.readStream(stream, { fromRevision, direction: forwards ? 'forwards' : 'backwards', maxCount: max, ...LEADER }), silenceMs));
  }

  async readAll({ from, direction, max }: EngineRange, silenceMs: number): Promise<readonly EngineEvent[]> {
    const forwards = direction === 'FORWARDS';
    const fromPosition = from === null ? (forwards ? 'start' : 'end') : { commit: from, prepare: from };
    return this.atLeader(() => allOf(this.client.readAll({ fromPosition, direction: forwards ? 'forwards' : 'backwards', maxCount: max, ...LEADER }), silenceMs));
  }

  /**
   * Without a filter: the server then sends no checkpoints, each of which is a trap (`esdb-recorded.md`, Checkpoints), and
   * what it has delivered is all there is up to there.
   */
  subscribe(after: bigint | null, listener: EngineListener): EngineSubscription {
    const subscription = this.client.subscribeToAll({ fromPosition: after === null ? 'start' : { commit: after, prepare: after }, ...LEADER });
    return listen(subscription, listener);
  }

  async metadataOf(stream: string, silenceMs: number): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      return (await this.atLeader(() => within(this.client.getStreamMetadata<Record<string, string>>(stream, LEADER), { ms: silenceMs, signals: [] }))).metadata ?? null;
    } catch (error) {
      if (engineFateOf(error) === 'NOT_FOUND') return null;
      throw error;
    }
  }

  async describe(stream: string, metadata: Readonly<Record<string, string>>, silenceMs: number): Promise<void> {
    await within(this.client.setStreamMetadata(stream, { ...metadata }, { expectedRevision: 'no_stream' }), { ms: silenceMs, signals: [] });
  }

  async dispose(): Promise<void> {
    this.isGivenUp = true;
    const ended = this.client.dispose();
    // Not after it: a stream that its server ended without an error keeps the client from ever being done.
    this.closeChannels();
    await ended;
  }

  /** The answer of a call that reads; where another node leads, the answer of that one. */
  private async atLeader<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await this.whole(ask());
    } catch (error) {
      if (!isNotLeader(error)) throw error;
      // The client has been told who leads, and goes there with the next call.
      await nextTurn();
      return this.whole(ask());
    }
  }

  /** The client ends what is under way on a connection that is given up as if there were nothing more: that is no answer. */
  private async whole<T>(answer: Promise<T>): Promise<T> {
    const found = await answer;
    if (this.isGivenUp) throw givenUp();
    return found;
  }
}

/** A follower may lag: that it does not show an event is no proof that it is not there. */
const LEADER = { requiresLeader: true };

/** What the client's reads of a stream and of everything have in common. */
interface Reading {
  on(event: 'data', listener: (resolved: { readonly event?: RecordedEvent }) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  cancel(): Promise<void>;
}

/** Everything of a read, or an error where nothing came for so long: the client knows no deadline for reads. */
async function allOf(stream: Reading, silenceMs: number): Promise<readonly EngineEvent[]> {
  const events: EngineEvent[] = [];
  // Whatever comes once we have given up has nobody to go to.
  stream.on('error', () => undefined);
  let quiet: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const silent = (): void => reject(new LogError('Unavailable', `the event store said nothing for ${String(silenceMs)} ms`, { silenceMs }));
      quiet = setTimeout(silent, silenceMs);
      stream.on('error', reject);
      stream.on('end', resolve);
      stream.on('data', ({ event }) => {
        quiet?.refresh();
        if (event !== undefined) events.push(eventOf(event));
      });
    });
    return events;
  } catch (error) {
    void stream.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(quiet);
  }
}

function listen(subscription: AllStreamSubscription, listener: EngineListener): EngineSubscription {
  let over = false;
  const end = (error: unknown): void => {
    if (over) return;
    over = true;
    void subscription.unsubscribe().catch(() => undefined);
    listener.ended(error);
  };
  subscription.on('data', ({ event }) => {
    if (!over && event !== undefined) listener.event(eventOf(event));
  });
  // It never comes back by itself, and an end without an error is a drop all the same.
  subscription.on('error', end);
  subscription.on('end', () => end(null));
  subscription.on('close', () => end(null));
  return {
    pause: () => void subscription.pause(),
    resume: () => void subscription.resume(),
    stop: () => {
      over = true;
      void subscription.unsubscribe().catch(() => undefined);
    },
  };
}

/** The position of an event that the server gave without one, as older servers do where a stream is read. */
const NOWHERE = -1n;

function eventOf({ streamId, revision, id, type, data, metadata, created, position }: AllStreamRecordedEvent | RecordedEvent): EngineEvent {
  const body = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data), 'utf8');
  return { stream: streamId, revision: Number(revision), id, type, body, metadata, created: created.getTime(), position: position?.commit ?? NOWHERE };
}
