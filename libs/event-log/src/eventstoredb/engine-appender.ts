import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { APPEND_BYTES_MAX, type EncodedAppend } from '../encode.js';
import { isLogError, LogError } from '../errors.js';
import type { AppendOptions } from '../port.js';
import type { AppenderLimits } from '../postgres/appender.js';
import { actualOf, engineFateOf, toEngineError } from './engine-errors.js';
import type { EngineAppend } from './engine.js';
import { frameOf } from './frame.js';
import { Groups, type Back } from './groups.js';
import type { EngineLink } from './link.js';
import type { Gate } from './order-index.js';
import type { EventPlace, PlaceWatch } from './places.js';
import type { Found } from './read-back.js';
import { Room } from './room.js';
import { isCalledOff, isSilence, within } from './within.js';

/** How long parts of an append may take, ms. */
export interface EngineTimeouts {
  /** How long one attempt waits for its reply before the same append is sent again. */
  readonly attemptMs: number;
  /** Without any word from the server for so long, the caller is told that the outcome is unknown. */
  readonly silenceMs: number;
  /** How long an answer waits for its ordinal. */
  readonly placeMs: number;
  /** How long a read may hear nothing. */
  readonly readMs: number;
}
/** A frozen server is noticed within 5 s (`architecture.md`, EventStoreDB adapter). */
export const ENGINE_TIMEOUTS: EngineTimeouts = { attemptMs: 1_500, silenceMs: 4_000, placeMs: 2_000, readMs: 4_000 };

/** Where an append stands; without a position where it was not indexed in time. */
export interface EngineAnswer {
  readonly revision: number;
  readonly position: number | null;
  readonly recordedAt: number;
}

/** What the appender works with. */
export interface EngineAppenderPorts {
  readonly link: EngineLink;
  readonly namespace: string;
  readonly limits: AppenderLimits;
  readonly timeouts: EngineTimeouts;
  readonly gate: (ids: readonly string[]) => Promise<Gate>;
  readonly lease: () => string | null;
  readonly watch: (stream: string, revision: number) => PlaceWatch;
  readonly find: (stream: string, revision: number, ms: number) => Promise<EventPlace | null>;
  /** What the log holds of an append's events, byte by byte. */
  readonly readBack: (append: EncodedAppend) => Promise<Found>;
  /** Null, or why nothing is appended any more. */
  readonly trouble: () => LogError | null;
}

/** Together with ids and types an append must stay below the engine's own limit of 1 MiB. */
const ENGINE_BYTES_MAX = 1_020 * 1024;
const DEADLINE_MS = 10_000;
const READ_BACK_MS = 400;
const RETRY_DELAYS_MS = [10, 50, 200, 500] as const;
const CLOCK_STEP_MS_MAX = 5_000;

interface Attempt {
  readonly append: EncodedAppend;
  readonly engine: EngineAppend;
  readonly watch: PlaceWatch;
  readonly gate: Gate;
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  /** Said once the first attempt is over, however: whoever waits for this group waits no more for this one. */
  readonly back: Back;
}
type Outcome = { readonly revision: number } | { readonly error: unknown };

/**
 * Appends on an event store. An attempt whose reply does not come is sent again with the same ids, bytes and expected
 * revision, so that the engine's order decides; then the log is read back before a conflict, a repetition or an unknown
 * outcome is reported (`architecture.md`, The log port). Absent is never failure: the attempt may still land.
 */
export class EngineAppender {
  private readonly room: Room;
  private readonly groups = new Groups();
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  constructor(private readonly ports: EngineAppenderPorts) {
    this.room = new Room(ports.limits);
    // Every append under way listens.
    setMaxListeners(0, this.closing.signal);
  }

  /** Events that wait for their turn. */
  get waitingEvents(): number {
    return this.room.waitingEvents;
  }

  /** Resolves once only few appends are on their way to the engine, or after `ms`. */
  answered(ms: number): Promise<void> {
    return this.groups.answered(ms);
  }

  append(append: EncodedAppend, options: AppendOptions): Promise<EngineAnswer> {
    const work = this.appended(append, options);
    this.running.add(work);
    const done = (): void => void this.running.delete(work);
    work.then(done, done);
    return work;
  }

  private async appended(append: EncodedAppend, { signal, deadlineMs = DEADLINE_MS, simulatedNow }: AppendOptions): Promise<EngineAnswer> {
    if (isAborted(signal)) throw aborted();
    if (this.closing.signal.aborted) throw closedError();
    const trouble = this.ports.trouble();
    if (trouble !== null) throw trouble;
    const deadline = Date.now() + deadlineMs;
    const leave = await this.room.enter(append, { deadline, signal, closing: this.closing.signal });
    const back = await this.groups.join();
    try {
      const ids = append.events.map(({ id }) => id);
      const gate = await this.gateFor(ids, deadline);
      const refusal = this.refusalOf(append, gate, simulatedNow ?? null);
      // The engine takes an id again elsewhere, and the first of its bytes for all; the log does not.
      if (ids.some((id) => gate.known.has(id))) return await this.repeatedOr(append, mismatch(append));
      if (refusal !== null) throw refusal;
      if (isAborted(signal)) throw aborted();
      if (this.closing.signal.aborted) throw closedError();
      const engine = this.framed(append, simulatedNow);
      const watch = this.ports.watch(append.stream, append.expected + append.events.length);
      return await this.send({ append, engine, watch, gate, deadline, signal, back }).finally(() => watch.end());
    } finally {
      back();
      leave();
    }
  }

  /** A database whose connections were all cut is asked again: nothing was sent yet. */
  private async gateFor(ids: readonly string[], deadline: number): Promise<Gate> {
    for (const ms of RETRY_DELAYS_MS) {
      try {
        return await this.ports.gate(ids);
      } catch (error) {
        if (!isLogError(error, 'Unavailable') || this.closing.signal.aborted || Date.now() + ms >= deadline) throw error;
      }
      await delay(ms);
    }
    return this.ports.gate(ids);
  }

  /** Why an append is not even sent (`architecture.md`, Time). */
  private refusalOf({ stream, events }: EncodedAppend, gate: Gate, instant: number | null): LogError | null {
    const last = gate.recordedAt ?? -Infinity;
    if (gate.simulated) {
      if (gate.lease === null || gate.lease !== this.ports.lease()) return new LogError('Unavailable', 'this log is simulated, and another holds its writer lease', { stream });
      if (instant === null) return new LogError('InvalidEvent', 'each append to a simulated log gives its instant', { stream });
      return instant > gate.clock ? new LogError('InvalidEvent', 'no event is dated after the real now', { stream, clock: gate.clock }) : null;
    }
    if (instant !== null) return new LogError('InvalidEvent', 'this log takes its time from the clock, not from its writer', { stream });
    const now = gate.clock + gate.offsetMs;
    const accepts = events.length === 1 && events[0]?.type === 'ClockStepAccepted';
    if (last - now <= CLOCK_STEP_MS_MAX || gate.stepAcceptedAt === gate.recordedAt || accepts) return null;
    return new LogError('ClockBehind', 'the clock is behind the last recorded event', { recordedAt: gate.recordedAt, clock: now });
  }

  /** What is in the log already is answered whatever stands against new appends. */
  private async repeatedOr(append: EncodedAppend, refusal: LogError): Promise<EngineAnswer> {
    const found = await this.ports.readBack(append);
    if (found.kind === 'SAME' && found.place !== null) return answerOf(append, found.place);
    if (found.kind === 'OTHER') throw mismatch(append);
    throw refusal;
  }

  private framed({ stream, expected, events }: EncodedAppend, instant: number | undefined): EngineAppend {
    const framed = events.map(({ id, type, schemaVersion, body, meta }, index) => {
      const more = events.length - 1 - index;
      return { id, type, body, metadata: frameOf({ schemaVersion, ...(more === 0 ? {} : { more }), ...(instant === undefined ? {} : { instant }) }, meta) };
    });
    const bytes = framed.reduce((sum, { body, metadata, type }) => sum + body.length + metadata.length + 2 * type.length, 0);
    if (bytes > ENGINE_BYTES_MAX) throw new LogError('TooLarge', `an append has at most ${String(APPEND_BYTES_MAX)} bytes, and with what the event store adds ${String(ENGINE_BYTES_MAX)}`, { stream, bytes });
    return { stream: `${this.ports.namespace}${stream}`, expected, events: framed };
  }

  private async send(attempt: Attempt): Promise<EngineAnswer> {
    let heard = Date.now();
    let last: unknown;
    for (let round = 0; ; round += 1) {
      const outcome = await this.once(attempt);
      attempt.back();
      try {
        if ('revision' in outcome) return await this.landed(attempt, round > 0);
        last = outcome.error;
        const refused = await this.refused(attempt, last);
        if (refused !== null) return refused;
      } catch (error) {
        // The log could not be read back: no telling yet.
        if (!isLogError(error, 'Unavailable')) throw error;
        last = error;
      }
      if (!isSilence(last)) heard = Date.now();
      const isOver = Date.now() >= attempt.deadline || Date.now() - heard >= this.ports.timeouts.silenceMs;
      if (isOver || isAborted(attempt.signal) || this.closing.signal.aborted) return this.unknown(attempt, last);
      await delay(RETRY_DELAYS_MS[Math.min(round, RETRY_DELAYS_MS.length - 1)]);
    }
  }

  /** One attempt; the client has no deadline for it, so that it is ours. After silence the next one goes over another connection. */
  private async once({ engine, deadline, signal }: Attempt): Promise<Outcome> {
    const patience = Math.max(1, Math.min(this.ports.timeouts.attemptMs, deadline - Date.now()));
    let client;
    try {
      client = await within(this.ports.link.client(), { ms: patience, signals: [signal, this.closing.signal] });
      return { revision: await within(client.append(engine), { ms: patience, signals: [signal, this.closing.signal] }) };
    } catch (error) {
      if (client !== undefined && engineFateOf(error) === 'LOST' && !isCalledOff(error)) this.ports.link.recycle(client);
      return { error };
    }
  }

  /** The server's own "no", where it is one: thrown, unless an earlier attempt has landed after all. Null: try again. */
  private async refused({ append }: Attempt, error: unknown): Promise<EngineAnswer | null> {
    switch (engineFateOf(error)) {
      case 'CONFLICT': {
        const found = await this.ports.readBack(append);
        if (found.kind === 'SAME') return found.place === null ? { revision: append.expected + append.events.length, position: null, recordedAt: Date.now() } : answerOf(append, found.place);
        if (found.kind === 'OTHER') throw mismatch(append);
        await this.seen(append.stream, actualOf(error));
        throw new LogError('RevisionConflict', `${append.stream} is at ${String(actualOf(error))}, not at ${String(append.expected)}`, { stream: append.stream, expected: append.expected, actual: actualOf(error) });
      }
      case 'TOO_LARGE':
        throw new LogError('TooLarge', 'the event store refuses an append of this size', { stream: append.stream, bytes: append.bytes }, error);
      case 'DELETED':
        throw new LogError('StreamDeleted', `the stream ${append.stream} was deleted at the event store`, { stream: append.stream }, error);
      case 'DENIED':
        throw toEngineError(error, 'append');
      case 'LOST':
      case 'NOT_FOUND':
      case 'INVALID_POSITION':
        return null;
    }
  }

  /** Who decides anew after a conflict is to see what it met. */
  private async seen(stream: string, revision: number): Promise<void> {
    if (revision >= 0) await this.ports.find(stream, revision, this.ports.timeouts.placeMs);
  }

  /** The server says it is done, without saying whether it was done before. What stood there before we asked is read back. */
  private async landed({ append, watch, gate }: Attempt, wasInDoubt: boolean): Promise<EngineAnswer> {
    const place = await watch.within(this.ports.timeouts.placeMs);
    if (place === null) return { revision: append.expected + append.events.length, position: null, recordedAt: Math.max(gate.recordedAt ?? 0, gate.clock + gate.offsetMs) };
    if (place.ordinal <= gate.ordinal || wasInDoubt) {
      const found = await this.ports.readBack(append);
      if (found.kind !== 'SAME') throw mismatch(append);
    }
    return answerOf(append, place);
  }

  /** Nobody has said; the log itself may. */
  private async unknown({ append, signal }: Attempt, cause: unknown): Promise<EngineAnswer> {
    const found = await within(this.ports.readBack(append), { ms: READ_BACK_MS, signals: [] }).catch(() => null);
    if (found?.kind === 'SAME' && found.place !== null) return answerOf(append, found.place);
    if (found?.kind === 'OTHER') throw mismatch(append);
    const ids = append.events.map(({ id }) => id);
    throw new LogError('OutcomeUnknown', 'no telling whether the append was done; repeat it with the same ids', { stream: append.stream, ids }, isAborted(signal) ? signal?.reason : cause);
  }

  /** Refuses what comes, and ends what is under way: it is in doubt. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running);
  }
}

const answerOf = (append: EncodedAppend, { ordinal, recordedAt }: EventPlace): EngineAnswer => ({ revision: append.expected + append.events.length, position: ordinal, recordedAt });
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
const aborted = (): LogError => new LogError('Aborted', 'the append was called off before it was sent');
const closedError = (): LogError => new LogError('Unavailable', 'the log is closed in this process');
const mismatch = ({ stream, expected }: EncodedAppend): LogError => new LogError('DuplicateMismatch', 'an event id of this append stands in the log at another place or with other bytes', { stream, expected });
