import { uuidV5 } from '@assay/domain';
import { cursorAt, positionOf } from '../cursor.js';
import { encodeAppend, type EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import { follow } from '../follow.js';
import type {
  AppendEvent, AppendOptions, AppendResult, Capabilities, Cursor, EventLog, Head, NO_STREAM, ReadAllOptions, ReadStreamOptions, SimulationLease, StoredEvent, SubscribeOptions, SubscriptionBatch,
} from '../port.js';
import { START } from '../port.js';
import { filterOf, matches, type Page, type Scan } from '../scan.js';
import { Tail } from '../tail.js';

/** A memory log's id and clock. */
export interface MemoryLogOptions {
  /** Default: one fixed id, so that runs compare equal. */
  readonly id?: string;
  /** The engine's clock, ms. Default: the machine's. */
  readonly clock?: () => number;
  /** Default: none; a process that dies takes the log with it, so nothing is bounded here but by memory. */
  readonly pollMs?: number;
}

const NIL = '00000000-0000-0000-0000-000000000000';
const CLOCK_STEP_MS_MAX = 5000;
const ONE_PROCESS = 'the log is inside the process: no server, connection or other process is there to fail';

const SERVER_CASES = ['I03', 'I07', 'I08', 'I09', 'I10', 'S04', 'S05', 'F01', 'F02', 'F03', 'F04', 'F05', 'F08', 'F09', 'F10', 'F11', 'F13', 'F15', 'F16', 'F18', 'F19', 'F20', 'F21', 'F22', 'F24'];
/** Conformance cases that a log in memory cannot have, each with its reason. */
export const MEMORY_DECLARED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(SERVER_CASES.map((id) => [id, ONE_PROCESS])),
  A21: 'an append is done at once: there is no queue',
  A23: 'appends are not grouped',
  R07: 'streams are never deleted here: there are no tombstones',
  S18: 'positions are our own and contiguous: no engine position can be mistaken for one',
  F06: 'no feature probe: there is no protocol',
  F07: 'no cluster of servers: one process has the log',
  F12: 'an append is done at once: none is ever pending',
  F23: 'the log is its own order index: there is nothing to diverge from',
};

/**
 * The log port in memory: for dry runs of a replay and for tests of what stands on the log. The same order, idempotency
 * and time as the real engines, by the same conformance suite; nothing survives the process.
 */
export class MemoryLog implements EventLog {
  readonly id: string;
  readonly capabilities: Capabilities = { engine: 'memory', declared: MEMORY_DECLARED };
  private readonly events: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly byId = new Map<string, StoredEvent>();
  private readonly tail: Tail;
  private readonly clock: () => number;
  private stepAcceptedAt: number | null = null;
  private simulated = false;
  private leased = false;
  private offsetMs = 0;
  private closed = false;

  constructor({ id, clock = () => Date.now(), pollMs }: MemoryLogOptions = {}) {
    this.id = id ?? uuidV5(NIL, 'memory log');
    this.clock = clock;
    this.tail = new Tail({ scan: (scan) => Promise.resolve(this.scan(scan)), head: () => this.head(), pollMs: pollMs ?? 1000 });
  }

  async append(stream: string, events: readonly AppendEvent[], expected: typeof NO_STREAM | number, options: AppendOptions = {}): Promise<AppendResult> {
    const append = encodeAppend(stream, events, expected);
    if (options.signal?.aborted === true) throw new LogError('Aborted', 'the append was called off before it was sent');
    if (this.closed) throw new LogError('Unavailable', 'the log is closed in this process');
    const last = this.repeated(append) ?? this.appended(append, options.simulatedNow ?? null);
    return { revision: last.revision, position: last.position, cursor: last.cursor, recordedAt: last.recordedAt };
  }

  private repeated({ stream, expected, events }: EncodedAppend): StoredEvent | null {
    const known = events.map(({ id }) => this.byId.get(id));
    if (known.every((event) => event === undefined)) return null;
    const same = events.every(({ type, schemaVersion, body, meta }, index) => {
      const event = known[index];
      const placed = event?.stream === stream && event.revision === expected + 1 + index;
      return placed && event.type === type && event.schemaVersion === schemaVersion && body.equals(event.body) && meta.equals(event.metaBytes);
    });
    const last = known.at(-1);
    if (!same || last === undefined) throw new LogError('DuplicateMismatch', 'an event id of this append stands in the log at another place or with other bytes', { stream, expected });
    return last;
  }

  private appended(append: EncodedAppend, instant: number | null): StoredEvent {
    const recordedAt = this.timeOf(append, instant);
    const { stream, expected, events } = append;
    const held = this.streams.get(stream) ?? [];
    const actual = held.length - 1;
    if (actual !== expected) throw new LogError('RevisionConflict', `${stream} is at ${actual}, not at ${expected}`, { stream, expected, actual });
    const stored = events.map(({ id, type, schemaVersion, body, meta }, index): StoredEvent => {
      const position = this.events.length + index;
      const bytes = { body, metaBytes: meta, bodyText: body.toString('utf8'), metaText: meta.toString('utf8') };
      return { id, stream, revision: expected + 1 + index, position, cursor: cursorAt(this.id, position), type, schemaVersion, ...bytes, recordedAt };
    });
    this.keep(stream, held, stored);
    this.heed(append, recordedAt);
    this.tail.poke();
    // The append has at least one event.
    return stored.at(-1) as StoredEvent;
  }

  private keep(stream: string, held: StoredEvent[], stored: readonly StoredEvent[]): void {
    for (const event of stored) {
      this.events.push(event);
      this.byId.set(event.id, event);
      held.push(event);
    }
    this.streams.set(stream, held);
  }

  private timeOf({ stream, events }: EncodedAppend, instant: number | null): number {
    const last = this.events.at(-1)?.recordedAt ?? -Infinity;
    const clock = this.clock();
    if (this.simulated) {
      if (!this.leased) throw new LogError('Unavailable', 'this log is simulated, and nobody holds its writer lease', { stream });
      if (instant === null) throw new LogError('InvalidEvent', 'each append to a simulated log gives its instant', { stream });
      if (instant > clock) throw new LogError('InvalidEvent', 'no event is dated after the real now', { stream, clock });
      return Math.max(last, instant);
    }
    if (instant !== null) throw new LogError('InvalidEvent', 'this log takes its time from the clock, not from its writer', { stream });
    const now = clock + this.offsetMs;
    const accepts = events.length === 1 && events[0]?.type === 'ClockStepAccepted';
    if (last - now > CLOCK_STEP_MS_MAX && this.stepAcceptedAt !== last && !accepts) {
      throw new LogError('ClockBehind', 'the clock is behind the last recorded event', { recordedAt: last, clock: now });
    }
    return Math.max(last, now);
  }

  /** Two types of event have an effect on the log itself (`architecture.md`, Time). */
  private heed({ events }: EncodedAppend, recordedAt: number): void {
    if (events.some(({ type }) => type === 'ClockStepAccepted')) this.stepAcceptedAt = recordedAt;
    const ended = events.find(({ type }) => type === 'SimulationEnded');
    if (ended === undefined || !this.simulated) return;
    // The log knows no schema: whatever is there is checked in the next line.
    const { offset } = JSON.parse(ended.body.toString('utf8')) as { offset?: unknown };
    this.offsetMs = typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : 0;
    this.simulated = false;
    this.leased = false;
  }

  async readStream(stream: string, { from = 0, to = Infinity, direction = 'FORWARDS', max = Infinity }: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    const held = this.streams.get(stream);
    if (held === undefined) throw new LogError('StreamNotFound', `no stream ${stream}`, { stream });
    const asked = held.slice(from, to + 1);
    return (direction === 'FORWARDS' ? asked : asked.reverse()).slice(0, max);
  }

  async readAll({ after = START, max = Infinity, upTo, ...rest }: ReadAllOptions): Promise<readonly StoredEvent[]> {
    return this.scan({ ...filterOf(rest), ...(upTo === undefined ? {} : { upTo }), after: after === START ? -1 : positionOf(this.id, after), max }).events;
  }

  private scan(scan: Scan): Page {
    const end = Math.min(scan.upTo ?? Infinity, this.events.length - 1);
    const events: StoredEvent[] = [];
    let reached = scan.after;
    while (reached < end && events.length < scan.max) {
      reached += 1;
      const event = this.events[reached];
      if (event !== undefined && matches(event, scan)) events.push(event);
    }
    return { events, reached, atHead: reached >= this.events.length - 1 };
  }

  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    const page = (scan: Scan): Promise<Page> => Promise.resolve(this.scan(scan));
    return follow({ logId: this.id, head: () => this.head(), page, beyond: (after, waiting) => this.tail.beyond(after, waiting), isClosed: () => this.closed }, options);
  }

  head(): Promise<Head> {
    const last = this.events.at(-1);
    return Promise.resolve(last === undefined ? { position: -1, cursor: START, recordedAt: null } : { position: last.position, cursor: last.cursor, recordedAt: last.recordedAt });
  }

  positionAt(time: number): Promise<number> {
    return Promise.resolve(this.events.findLastIndex(({ recordedAt }) => recordedAt <= time));
  }

  cursorOf(position: number): Cursor {
    return position < 0 ? START : cursorAt(this.id, position);
  }

  now(): Promise<number> {
    const last = this.events.at(-1)?.recordedAt;
    return Promise.resolve(this.simulated ? (last ?? this.clock()) : Math.max(last ?? -Infinity, this.clock() + this.offsetMs));
  }

  moved(after: number, options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}): Promise<void> {
    return this.tail.beyond(after, options);
  }

  async takeSimulationLease(): Promise<SimulationLease> {
    if (!this.simulated && this.events.length > 0) throw new LogError('InvalidEvent', 'this log takes its time from the clock: it cannot be simulated', { logId: this.id });
    if (this.leased) throw new LogError('Unavailable', 'another loader holds the writer lease of this log', { logId: this.id });
    this.simulated = true;
    this.leased = true;
    return {
      release: () => {
        this.leased = false;
        return Promise.resolve();
      },
    };
  }

  close(): Promise<void> {
    this.closed = true;
    this.tail.close();
    return Promise.resolve();
  }
}
