import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { uuidV5 } from '@assay/domain';
import type { AppendEvent, AppendOptions, AppendResult, Connection, EventLog, JsonValue, PostgresLogOptions, StoredEvent, SubscribeOptions, SubscriptionBatch } from '@assay/event-log';
import type { EventStoreAccess } from './eventstore-access.js';

/** What the cases of a SQL engine may do to it. */
export interface SqlAccess {
  readonly owner: Connection;
  readonly app: Connection;
  /** Another client of the same log, over the connection given. */
  readonly client: (options: Partial<PostgresLogOptions>) => Promise<EventLog>;
  /** An empty database of another cluster or server, to restore into. */
  readonly elsewhere: () => Promise<{ readonly owner: Connection; readonly app: Connection; close(): Promise<void> }>;
  /** The server's process, where it is ours to kill. */
  readonly server: { pid(): Promise<number | null>; readonly dataDir: string } | null;
}

/** A fresh, empty log of an engine, for one case. */
export interface TestLog {
  readonly log: EventLog;
  /** Another client, as another process would be. */
  readonly another: () => Promise<EventLog>;
  /** Stops the engine's clock at a time, ms; null lets the real one run. */
  readonly setClock: (ms: number | null) => Promise<void>;
  readonly sql: SqlAccess;
  /** Only where the log is in an event store. */
  readonly eventStore?: EventStoreAccess;
  close(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** Cases the engine cannot have beyond what its adapter declares, with the reason. */
  readonly declared?: Readonly<Record<string, string>>;
  /** What its adapter declares. */
  readonly adapterDeclares: Readonly<Record<string, string>>;
  open(): Promise<TestLog>;
}

export type Case = (t: TestLog) => Promise<void>;
export type Cases = Readonly<Record<string, Case>>;

// The list of ids and names, as `scripts/conformance.mjs` reads it too.
export const CASES = JSON.parse(readFileSync('test/conformance/cases.json', 'utf8')) as Readonly<Record<string, string>>;
const CASE_MS_MAX = 60_000;
/** It starts a process, and waits for the server to recover as often as it is killed. */
const KILLS = { id: 'F13', msMax: 180_000 };
const POLL_MS = 5;

/** One test per id: run, or declared with its reason. An id that is neither fails. */
export function runCases(engine: Engine, cases: Cases): void {
  const declared = { ...engine.adapterDeclares, ...engine.declared };
  describe(`conformance: ${engine.name}`, () => {
    for (const [id, name] of Object.entries(CASES)) {
      const reason = declared[id];
      if (reason !== undefined) {
        it(`[${id}] ${name} (declared: ${reason})`, () => expect(reason.length).toBeGreaterThan(10));
        continue;
      }
      it(
        `[${id}] ${name}`,
        async () => {
          const run = cases[id];
          if (run === undefined) throw new Error(`case ${id} is neither implemented nor declared`);
          const t = await engine.open();
          try {
            await run(t);
          } finally {
            await t.close();
          }
        },
        id === KILLS.id ? KILLS.msMax : CASE_MS_MAX,
      );
    }
  });
}

const NAMES = '6f1d2a52-9d3f-5b0f-8c47-6f7c1f0f5a10';
export const idOf = (name: string): string => uuidV5(NAMES, name);

/** An event whose id follows from its name. */
export function event(name: string, data: JsonValue = { name }, more: Partial<AppendEvent> = {}): AppendEvent {
  return { id: idOf(name), type: 'Tested', schemaVersion: 1, data, meta: { actor: 'tester', commandId: idOf(`command ${name}`) }, ...more };
}
export const events = (prefix: string, count: number): readonly AppendEvent[] => Array.from({ length: count }, (_, index) => event(`${prefix}-${index}`));

// The data of `event` above.
export const namesOf = (stored: readonly StoredEvent[]): readonly unknown[] => stored.map(({ body }) => (JSON.parse(Buffer.from(body).toString('utf8')) as { name?: unknown }).name);

export async function errorOf(promise: Promise<unknown>): Promise<{ readonly code?: string; readonly retryable?: boolean; readonly facts?: Readonly<Record<string, unknown>> }> {
  try {
    await promise;
  } catch (error) {
    // Whatever it is: the case looks at the members it expects.
    return error as { code?: string };
  }
  throw new Error('it did not fail');
}

/** Appends each of the names as an event of its own, one after the other. */
export async function appendEach(log: EventLog, stream: string, names: readonly string[], options?: AppendOptions): Promise<AppendResult | undefined> {
  let last: AppendResult | undefined;
  for (const [index, name] of names.entries()) last = await log.append(stream, [event(name)], index === 0 ? 'NO_STREAM' : index - 1, options);
  return last;
}

/** Follows a subscription until `enough` says so. */
export async function collect(log: EventLog, options: SubscribeOptions, enough: (events: readonly StoredEvent[], batches: readonly SubscriptionBatch[]) => boolean): Promise<readonly SubscriptionBatch[]> {
  const batches: SubscriptionBatch[] = [];
  const seen: StoredEvent[] = [];
  for await (const batch of log.subscribe(options)) {
    batches.push(batch);
    seen.push(...batch.events);
    if (enough(seen, batches)) break;
  }
  return batches;
}
export const eventsOf = (batches: readonly SubscriptionBatch[]): readonly StoredEvent[] => batches.flatMap((batch) => batch.events);

/** Asks until it is so; the case's own time-out is the bound. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(POLL_MS);
}

/** Disturbs again and again while the work goes on. */
export async function disturbed<T>(work: Promise<T>, disturb: () => Promise<unknown>): Promise<T> {
  let over = false;
  const done = work.finally(() => (over = true));
  while (!over) {
    await disturb();
    await delay(POLL_MS);
  }
  return done;
}
export const positionsOf = (batches: readonly SubscriptionBatch[]): readonly number[] => eventsOf(batches).map(({ position }) => position);
export const range = (count: number, first = 0): readonly number[] => Array.from({ length: count }, (_, index) => first + index);
