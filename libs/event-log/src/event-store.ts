import { setTimeout as delay } from 'node:timers/promises';
import type { EventCodec, DecodedEvent, NewDomainEvent } from './codec/codec.js';
import { isLogError } from './errors.js';
import { NO_STREAM, type AppendOptions, type AppendResult, type Cursor, type EventLog, type Head, type ReadAllOptions, type ReadStreamOptions, type SubscribeOptions, type SubscriptionBatch } from './port.js';

/** As `ReadAllOptions`, with a position in place of a cursor. */
export interface ReadRecordedOptions extends Omit<ReadAllOptions, 'after'> {
  /** Exclusive; -1 for the start. */
  readonly afterPosition: number;
}
export interface RecordedBatch {
  readonly events: readonly DecodedEvent[];
  /** Everything up to here was delivered or did not match; resume after it. */
  readonly cursor: Cursor;
  readonly caughtUp: boolean;
}

const KEY_ATTEMPTS_MAX = 5;
const KEY_RETRY_MS = 40;

/**
 * The log as the domain sees it: kernel events in, kernel events out, in the port's words. Texts about people are sealed
 * before they are appended and opened when read; types are upcast to their newest version. It adds no state.
 */
export class EventStore {
  constructor(
    readonly log: EventLog,
    private readonly codec: EventCodec,
  ) {}

  /** Event ids and personal keys are derived under this id. */
  get logId(): string {
    return this.log.id;
  }

  /** Appends all or nothing. A repetition with the same ids at the same revision is answered as the first time. */
  async append(stream: string, events: readonly NewDomainEvent[], expected: typeof NO_STREAM | number, options?: AppendOptions): Promise<AppendResult> {
    const firstRevision = expected === NO_STREAM ? 0 : expected + 1;
    const encoded = await withKeys(() => this.codec.encode(stream, events, firstRevision));
    return this.log.append(stream, encoded, expected, options);
  }

  /** A missing stream throws `StreamNotFound`. */
  async readStream(stream: string, options?: ReadStreamOptions): Promise<readonly DecodedEvent[]> {
    const stored = await this.log.readStream(stream, options);
    return withKeys(() => this.codec.decode(stored));
  }

  async readAll({ afterPosition, ...rest }: ReadRecordedOptions): Promise<readonly DecodedEvent[]> {
    const stored = await this.log.readAll({ ...rest, after: this.log.cursorOf(afterPosition) });
    return withKeys(() => this.codec.decode(stored));
  }

  subscribe(options: SubscribeOptions): AsyncIterable<RecordedBatch> {
    return {
      [Symbol.asyncIterator]: () => {
        const batches = this.log.subscribe(options)[Symbol.asyncIterator]();
        return {
          next: async () => {
            const result = await batches.next();
            return result.done === true ? { done: true, value: undefined } : { done: false, value: await this.decoded(result.value) };
          },
          return: async () => {
            await batches.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  private async decoded({ events, cursor, caughtUp }: SubscriptionBatch): Promise<RecordedBatch> {
    return { events: await withKeys(() => this.codec.decode(events)), cursor, caughtUp };
  }

  head(): Promise<Head> {
    return this.log.head();
  }

  /** The log clock, ms: max(last recordedAt, the engine's clock). */
  now(): Promise<number> {
    return this.log.now();
  }

  positionAt(time: number): Promise<number> {
    return this.log.positionAt(time);
  }

  cursorOf(position: number): Cursor {
    return this.log.cursorOf(position);
  }

  /** Resolves when something may have been appended after the position, or at the time-out, or on the signal. */
  moved(afterPosition: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return this.log.moved(afterPosition, { timeoutMs, signal });
  }
}

/** A key store that cannot be read just now is asked again; then `KeyUnavailable` goes to the caller, never plaintext. */
async function withKeys<T>(work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLogError(error, 'KeyUnavailable') || round >= KEY_ATTEMPTS_MAX) throw error;
      await delay(KEY_RETRY_MS * round);
    }
  }
}
