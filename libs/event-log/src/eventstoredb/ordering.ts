import { NAME_BYTES_MAX } from '../encode.js';
import type { StoredEvent } from '../port.js';
import { digestAfter } from './append-digest.js';
import type { EngineEvent } from './engine.js';
import { readFrame, type FrameHead } from './frame.js';
import { StoredEngineEvent } from './stored-engine-event.js';

/** What the order of the next event follows from. */
export interface OrderState {
  /** Of the last event in the index; -1 where it is empty. */
  readonly ordinal: number;
  /** Where the engine has it; null where the index is empty. */
  readonly enginePosition: bigint | null;
  readonly recordedAt: number | null;
  readonly simulated: boolean;
  readonly offsetMs: number;
  readonly stepAcceptedAt: number | null;
}

/** An event with its place in the order, as the index keeps it. */
export interface OrderEntry {
  readonly event: StoredEvent;
  readonly enginePosition: bigint;
  readonly actor: string | null;
  readonly commandId: string | null;
  /** Of what its append says up to here (`append-digest.ts`). */
  readonly digest: string;
}

/** Which log's events are to be ordered. */
export interface LogScope {
  readonly logId: string;
  /** What the names of its streams begin with at the engine; empty where the server is the log's alone. */
  readonly namespace: string;
}

/** Whether an engine's event is one of the log: not the engine's own, and in its namespace. */
export const isOfLog = ({ stream, type }: EngineEvent, namespace: string): boolean => !stream.startsWith('$') && !type.startsWith('$') && stream.startsWith(namespace);

/**
 * Gives events in the engine's order the ordinals that users see as `position`, and the time they were recorded
 * (`architecture.md`, Order index): never before the one before, by the engine's clock, or the instant of the loader of a
 * simulated log, or the time that a log moved here had given. Pure: the same events make the same order, whoever builds it.
 * An append is taken in whole or not at all: `rest` is what of the last one is still to come. `LogDiverged` for an event that
 * no log of ours wrote.
 */
export function order(state: OrderState, events: readonly EngineEvent[], { logId, namespace }: LogScope): Ordered {
  const entries: OrderEntry[] = [];
  let whole: Whole = { entries: 0, events: 0, state };
  let at = state;
  let digest: string | null = null;
  for (const [index, engineEvent] of events.entries()) {
    if (!isOfLog(engineEvent, namespace)) continue;
    const { head, meta } = readFrame(engineEvent.metadata, engineEvent);
    at = after(at, engineEvent, head);
    const event = new StoredEngineEvent(logId, engineEvent, { stream: engineEvent.stream.slice(namespace.length), position: at.ordinal, recordedAt: at.recordedAt ?? 0, schemaVersion: head.schemaVersion, meta });
    digest = digestAfter(digest, event);
    entries.push({ event, enginePosition: engineEvent.position, actor: textOf(engineEvent, 'actor'), commandId: textOf(engineEvent, 'commandId'), digest });
    if ((head.more ?? 0) > 0) continue;
    whole = { entries: entries.length, events: index + 1, state: at };
    digest = null;
  }
  const isBegun = entries.length > whole.entries;
  return { entries: entries.slice(0, whole.entries), state: whole.state, rest: isBegun ? events.slice(whole.events) : [] };
}

/** Events in order, and those of an append whose end was not told yet. */
export interface Ordered {
  readonly entries: readonly OrderEntry[];
  readonly state: OrderState;
  readonly rest: readonly EngineEvent[];
}
/** How far the appends are that are there whole. */
interface Whole {
  readonly entries: number;
  readonly events: number;
  readonly state: OrderState;
}

function after(state: OrderState, event: EngineEvent, head: FrameHead): OrderState {
  const time = head.recordedAt ?? head.instant ?? event.created + state.offsetMs;
  const recordedAt = Math.max(state.recordedAt ?? -Infinity, time);
  // A log is simulated from its first event or never: a loader's append that lands after the end makes no real log one again.
  const isSimulation = state.ordinal < 0 && head.instant !== undefined;
  const next = { ...state, ordinal: state.ordinal + 1, enginePosition: event.position, recordedAt, simulated: state.simulated || isSimulation };
  if (event.type === 'ClockStepAccepted') return { ...next, stepAcceptedAt: recordedAt };
  const ends = event.type === 'SimulationEnded' && (next.simulated || head.recordedAt !== undefined);
  return ends ? { ...next, simulated: false, offsetMs: offsetOf(event.body) } : next;
}

/** How far the clock of a log whose simulation ends runs on from the real one, in ms (`SimulationEnded.offset`). */
function offsetOf(body: Uint8Array): number {
  // The log knows no schema: whatever is there is checked in the next line.
  const { offset } = JSON.parse(Buffer.from(body).toString('utf8')) as { offset?: unknown };
  return typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : 0;
}

function textOf({ metadata }: EngineEvent, key: 'actor' | 'commandId'): string | null {
  // `readFrame` has seen that it is an object with a `meta`; only the one asked for is looked at.
  const { meta } = metadata as { readonly meta: unknown };
  const value: unknown = typeof meta === 'object' && meta !== null ? Reflect.get(meta, key) : null;
  return typeof value === 'string' && Buffer.byteLength(value) <= NAME_BYTES_MAX ? value : null;
}
