import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { APPEND_BYTES_MAX, type EncodedAppend } from '../encode.js';
import { isLogError, LogError } from '../errors.js';
import type { AppendOptions } from '../port.js';
import type { AppenderLimits } from '../postgres/appender.js';
import { digestOf } from './append-digest.js';
import { aborted, answerOf, closedError, mismatch, unknownOutcome, type EngineAnswer } from './append-outcomes.js';
import { actualOf, engineFateOf, toEngineError } from './engine-errors.js';
import type { EngineTimeouts } from './engine-timeouts.js';
import type { EngineAppend } from './engine.js';
import { frameOf } from './frame.js';
import { Groups, type Back } from './groups.js';
import type { EngineLink } from './link.js';
import type { Gate } from './order-index.js';
import type { EventPlace, PlaceWatch } from './places.js';
import type { Found } from './read-back.js';
import { Room } from './room.js';
import { isCalledOff, isSilence, within } from './within.js';

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
      if (ids.some((id) => gate.known.has(id))) return await this.repeated(append);
      if (refusal !== null) throw refusal;
      if (isAborted(signal)) throw aborted();
      if (this.closing.signal.aborted) throw closedError();
      if (Date.now() >= deadline) throw new LogError('Unavailable', 'the time for this append was over before it was sent', { stream: append.stream, deadlineMs });
      const engine = this.framed(append, simulatedNow);
      const watch = this.ports.watch(append.stream, append.expected + append.events.length);
      return await this.send({ append, engine, watch, deadline, signal, back }).finally(() => watch.end());
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
      if (instant === null || !Number.isSafeInteger(instant)) return new LogError('InvalidEvent', 'each append to a simulated log gives its instant, in whole milliseconds', { stream });
      return instant > gate.clock ? new LogError('InvalidEvent', 'no event is dated after the real now', { stream, clock: gate.clock }) : null;
    }
    if (instant !== null) return new LogError('InvalidEvent', 'this log takes its time from the clock, not from its writer', { stream });
    const now = gate.clock + gate.offsetMs;
    const accepts = events.length === 1 && events[0]?.type === 'ClockStepAccepted';
    if (last - now <= CLOCK_STEP_MS_MAX || gate.stepAcceptedAt === gate.recordedAt || accepts) return null;
    return new LogError('ClockBehind', 'the clock is behind the last recorded event', { recordedAt: gate.recordedAt, clock: now });
  }

  /** An append of which something is in the log already: answered, whatever stands against new appends, where it is the very same. */
  private async repeated(append: EncodedAppend): Promise<EngineAnswer> {
    let found;
    try {
      found = await this.lookedUp(append);
    } catch (error) {
      // Not `Unavailable`, which says that nothing was done: it may have been, by an earlier call.
      throw unknownOutcome(append, error);
    }
    if (found.kind !== 'SAME') throw mismatch(append);
    return answerOf(append, found.place);
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
        if ('revision' in outcome) return await this.landed(attempt);
        last = outcome.error;
        const refused = await this.refused(attempt, last, round > 0);
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

  /**
   * One attempt; the client has no deadline for it, so that it is ours. After silence the next one goes over another
   * connection; that a caller had no more time says nothing of the connection, which others use too.
   */
  private async once({ engine, deadline, signal }: Attempt): Promise<Outcome> {
    const { attemptMs } = this.ports.timeouts;
    const patience = Math.max(1, Math.min(attemptMs, deadline - Date.now()));
    let client;
    try {
      client = await within(this.ports.link.client(), { ms: patience, signals: [signal, this.closing.signal] });
      return { revision: await within(client.append(engine), { ms: patience, signals: [signal, this.closing.signal] }) };
    } catch (error) {
      const says = engineFateOf(error) === 'LOST' && !isCalledOff(error) && (patience === attemptMs || !isSilence(error));
      if (client !== undefined && says) this.ports.link.recycle(client, error);
      return { error };
    }
  }

  /** The server's own "no", where it is one: thrown, unless an earlier attempt has landed after all, or may land yet. Null: try again. */
  private async refused(attempt: Attempt, error: unknown, isInDoubt: boolean): Promise<EngineAnswer | null> {
    const { append } = attempt;
    const fate = engineFateOf(error);
    // It is of this attempt alone.
    if (isInDoubt && (fate === 'TOO_LARGE' || fate === 'DELETED' || fate === 'DENIED')) return this.unknown(attempt, error);
    switch (fate) {
      case 'CONFLICT': {
        const found = await this.lookedUp(append);
        if (found.kind === 'SAME') return answerOf(append, found.place);
        if (found.kind === 'OTHER') throw mismatch(append);
        const actual = actualOf(error);
        // The server refuses by what it is about to write, perhaps this very append sent twice, and shows it a moment later.
        if (actual > append.expected && !found.isTaken) throw new LogError('Unavailable', 'the event store does not show yet what it refuses an append for', { stream: append.stream });
        await this.seen(append.stream, actual);
        throw new LogError('RevisionConflict', `${append.stream} is at ${String(actual)}, not at ${String(append.expected)}`, { stream: append.stream, expected: append.expected, actual });
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

  /** The server says it is done, and says so too where it was done before, or with other bytes: the index knows what stands there, or else the log is read. */
  private async landed({ append, watch }: Attempt): Promise<EngineAnswer> {
    const place = await watch.within(this.ports.timeouts.placeMs);
    if (place !== null && place.digest === digestOf(append)) return answerOf(append, place);
    const found = await this.lookedUp(append);
    if (found.kind === 'SAME') return answerOf(append, found.place ?? place);
    if (found.kind === 'OTHER') throw mismatch(append);
    throw new LogError('Unavailable', 'the event store says that an append is done and does not show it', { stream: append.stream });
  }

  /** What the log holds of an append that was sent. Whatever keeps it from being read (`Unavailable`), there is no telling yet. */
  private async lookedUp(append: EncodedAppend): Promise<Found> {
    try {
      return await this.ports.readBack(append);
    } catch (error) {
      throw new LogError('Unavailable', 'an append could not be read back', { stream: append.stream }, error);
    }
  }

  /** Nobody has said; the log itself may. */
  private async unknown({ append, signal }: Attempt, cause: unknown): Promise<EngineAnswer> {
    const found = await within(this.ports.readBack(append), { ms: READ_BACK_MS, signals: [] }).catch(() => null);
    if (found?.kind === 'SAME') return answerOf(append, found.place);
    if (found?.kind === 'OTHER') throw mismatch(append);
    throw unknownOutcome(append, isAborted(signal) ? signal?.reason : cause);
  }

  /** Refuses what comes, and ends what is under way: it is in doubt. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running);
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
