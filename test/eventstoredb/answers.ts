import { randomUUID } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import {
  jsonEvent,
  type AllStreamSubscription,
  type AppendExpectedRevision,
  type AppendResult,
  type EventData,
  type EventStoreDBClient,
  type Filter,
  type Position,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import type { EventStoreDouble } from './double.js';

/** A server that is asked, the double or a real one. */
export interface Asked {
  readonly client: EventStoreDBClient;
  /** What only the double can do; null at a real server. */
  readonly double: EventStoreDouble | null;
  append(stream: string, expectedRevision: AppendExpectedRevision, events: readonly EventData[]): Promise<AppendResult>;
}

/** A recorded answer; one that a real server shares with others, or that needs a fault, is asked of the double only. */
export interface AnswerCase {
  readonly name: string;
  readonly doubleOnly?: string;
  readonly run: (asked: Asked) => Promise<void>;
}

/** A name that nobody else has, so that a shared log does no harm. */
export const fresh = (name: string): string => `${name}-${randomUUID()}`;

/** An event whose id is new. */
export const event = (type: string, data: Record<string, unknown> = {}): EventData => jsonEvent({ id: randomUUID(), type, data });

/** The double of an assertion on an error: what a client may look at. */
export async function refusal(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return told(error);
  }
  throw new Error('it was not refused');
}

export function told(error: unknown): Record<string, unknown> {
  if (!isNativeError(error)) throw new Error(`no error was thrown but ${String(error)}`);
  // Whatever the client hangs on its errors.
  const { type, code, expectedVersion, actualVersion } = error as Error & Record<string, unknown>;
  const fields = { type, code, expectedVersion, actualVersion };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface ReadFrom {
  readonly fromPosition?: Position | 'start' | 'end';
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
}

export async function readAll({ client }: Asked, options: ReadFrom = {}): Promise<ResolvedEvent[]> {
  const events: ResolvedEvent[] = [];
  for await (const resolved of client.readAll(options)) events.push(resolved);
  return events;
}

interface ReadStream {
  readonly fromRevision?: bigint | 'start' | 'end';
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
}

export async function readStream({ client }: Asked, stream: string, options: ReadStream = {}): Promise<ResolvedEvent[]> {
  const events: ResolvedEvent[] = [];
  for await (const resolved of client.readStream(stream, options)) events.push(resolved);
  return events;
}

/** A stream that was soft-deleted and is written again is not found until its metadata is indexed, a moment after the append. */
export async function readOnceThere(asked: Asked, stream: string): Promise<ResolvedEvent[]> {
  for (;;) {
    try {
      return await readStream(asked, stream);
    } catch (error) {
      if (told(error)['type'] !== 'stream-not-found') throw error;
    }
  }
}

/** Type and revision, which is what most cases look at. */
export const brief = (events: readonly ResolvedEvent[]): string[] => events.map(({ event }) => `${event?.type}@${event?.revision}`);

export const positionIn = (result: AppendResult): Position => {
  if (result.position === undefined) throw new Error('the append has no position');
  return result.position;
};

/** What a subscription said, in order. */
export class Heard {
  readonly said: string[] = [];
  readonly checkpoints: Position[] = [];
  readonly events: ResolvedEvent[] = [];
  private wake: () => void = () => undefined;
  private stopped = false;

  private constructor(private readonly subscription: AllStreamSubscription | StreamSubscription) {
    subscription.on('confirmation', () => this.say('confirmation'));
    subscription.on('caughtUp', () => this.say('caughtUp'));
    subscription.on('error', (error) => this.say(`error ${String(told(error)['type'])} ${String(told(error)['code'])}`));
    subscription.on('end', () => this.say('end'));
    subscription.on('data', (resolved: ResolvedEvent) => {
      this.events.push(resolved);
      this.say(`${resolved.event?.type}@${resolved.event?.revision}`);
    });
  }

  static all({ client }: Asked, fromPosition: Position | 'start' | 'end', filter?: Omit<Filter, 'checkpointReached'>): Heard {
    const reached = async (_: unknown, position: Position): Promise<void> => {
      heard.checkpoints.push(position);
      heard.say('checkpoint');
    };
    // The client's filter with a listener is a filter.
    const listening = filter === undefined ? {} : { filter: { ...filter, checkpointReached: reached } as Filter };
    const heard: Heard = new Heard(client.subscribeToAll({ fromPosition, ...listening }));
    return heard;
  }

  static stream({ client }: Asked, stream: string, fromRevision: bigint | 'start' | 'end'): Heard {
    return new Heard(client.subscribeToStream(stream, { fromRevision }));
  }

  /** Resolves once it has said so. */
  async until(what: string, times = 1): Promise<void> {
    while (this.said.filter((said) => said === what).length < times) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Resolves once it has said that it failed. */
  async failed(): Promise<void> {
    while (!this.said.some((said) => said.startsWith('error'))) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Hears nothing more, not even that it has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.subscription.unsubscribe();
  }

  private say(what: string): void {
    if (this.stopped) return;
    this.said.push(what);
    this.wake();
  }
}
