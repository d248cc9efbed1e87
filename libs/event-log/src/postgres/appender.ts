import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import type { AppendOptions } from '../port.js';
import { callAppend, type AppendAnswer, type AppendRequest } from './append-call.js';
import type { AppendObserver } from './append-observer.js';
import { codeOf, fateOf, toLogError } from './driver-errors.js';
import type { Line } from './line.js';

/** What bounds the queue and its groups. */
export interface AppenderLimits {
  /** Events of one group. */
  readonly groupEventsMax: number;
  readonly groupBytesMax: number;
  /** Events waiting; past it `Overloaded`. */
  readonly queueEventsMax: number;
  readonly queueBytesMax: number;
}
/** `architecture.md`, PostgreSQL adapter; the queue holds some hundred milliseconds of work. */
export const APPENDER_LIMITS: AppenderLimits = { groupEventsMax: 512, groupBytesMax: 4 * 1024 * 1024, queueEventsMax: 16_384, queueBytesMax: 64 * 1024 * 1024 };

const DEADLINE_MS = 10_000;
/** SQLSTATE of a server that has no room: somebody has to make some, which no append can wait for. */
const DISK_FULL = '53100';
const RETRY_DELAYS_MS = [10, 50, 200, 500] as const;

interface Waiting extends AppendRequest {
  settled: boolean;
  /** An attempt went out whose outcome nobody knows: from then on only the log itself can say that nothing was done. */
  inDoubt: boolean;
  lastError: unknown;
  settle(outcome: AppendAnswer | LogError): void;
}

/**
 * Group commit: what waits while one call is under way goes together in the next. After a lost reply the same ids,
 * bytes and expected revisions are sent again until each append's own deadline (`architecture.md`, The log port).
 */
export class Appender {
  private readonly queue: Waiting[] = [];
  private queuedEvents = 0;
  private queuedBytes = 0;
  private pumping: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly line: Line,
    private readonly of: { readonly limits: AppenderLimits; readonly lease: () => string | null; readonly onAppended: (last: AppendAnswer) => void; readonly observer?: AppendObserver | undefined; readonly hasRoom?: (() => boolean) | undefined },
  ) {}

  /** Events that wait for their turn. */
  get waitingEvents(): number {
    return this.queuedEvents;
  }

  append(append: EncodedAppend, options: AppendOptions): Promise<AppendAnswer> {
    const { limits } = this.of;
    if (options.signal?.aborted === true) return Promise.reject(new LogError('Aborted', 'the append was called off before it was sent'));
    if (this.closed) return Promise.reject(closedError());
    if (this.of.hasRoom?.() === false) return Promise.reject(new LogError('Unavailable', 'the disk is nearly full: nothing is written until there is room again', {}));
    if (this.queuedEvents + append.events.length > limits.queueEventsMax || this.queuedBytes + append.bytes > limits.queueBytesMax) {
      return Promise.reject(new LogError('Overloaded', 'too many appends are waiting', { waiting: this.queuedEvents }));
    }
    return new Promise((resolve, reject) => {
      this.enqueue(waitingFor({ append, instant: options.simulatedNow ?? null }, options, { resolve, reject }));
    });
  }

  private enqueue(waiting: Waiting): void {
    this.queue.push(waiting);
    this.queuedEvents += waiting.append.events.length;
    this.queuedBytes += waiting.append.bytes;
    this.pumping ??= this.pump();
  }

  private async pump(): Promise<void> {
    // One turn of the event loop: appends called together go together. A lone writer loses microseconds.
    await nextTurn();
    while (this.queue.length > 0) {
      const group = this.takeGroup();
      if (group.length > 0) {
        this.of.observer?.grouped(group.length);
        await this.send(group);
      }
      await nextTurn();
    }
    this.pumping = null;
  }

  private takeGroup(): Waiting[] {
    const { groupEventsMax, groupBytesMax } = this.of.limits;
    const group: Waiting[] = [];
    let events = 0;
    let bytes = 0;
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      const alone = next.instant !== null || next.append.events.some(({ type }) => ALONE.has(type));
      const fits = events + next.append.events.length <= groupEventsMax && bytes + next.append.bytes <= groupBytesMax;
      if (group.length > 0 && (alone || !fits)) break;
      this.queue.shift();
      this.queuedEvents -= next.append.events.length;
      this.queuedBytes -= next.append.bytes;
      if (next.settled) continue;
      group.push(next);
      events += next.append.events.length;
      bytes += next.append.bytes;
      if (alone) break;
    }
    return group;
  }

  private async send(group: readonly Waiting[]): Promise<void> {
    let open = group;
    for (let round = 0; open.length > 0; round += 1) {
      const doubts = open.map(({ inDoubt }) => inDoubt);
      const failure = await this.attempt(open);
      if (failure === null) return;
      const fate = fateOf(failure);
      // The server's own "no" ends the doubt that this attempt made, not that of an earlier one.
      if (fate !== 'LOST') for (const [index, one] of open.entries()) one.inDoubt = doubts[index] ?? false;
      if (fate === 'REFUSED' && open.length > 1) {
        for (const one of open) await this.send([one]);
        return;
      }
      if (fate === 'REFUSED' || fate === 'DENIED' || codeOf(failure) === DISK_FULL) return settleAll(open, (one) => (one.inDoubt ? unknownOutcome(one, failure) : toLogError(failure, 'append')));
      if (this.closed) return settleAll(open, (one) => undone(one, failure));
      for (const one of open) one.lastError = failure;
      await delay(RETRY_DELAYS_MS[Math.min(round, RETRY_DELAYS_MS.length - 1)]);
      open = open.filter(({ settled }) => !settled);
    }
  }

  /** Null where every append was answered, else what went wrong for all of them. */
  private async attempt(group: readonly Waiting[]): Promise<unknown> {
    try {
      const answers = await this.line.run((client) => {
        for (const one of group) one.inDoubt = true;
        return callAppend(client, group, this.of.lease());
      });
      this.answered(group, answers);
      return null;
    } catch (error) {
      return error;
    }
  }

  private answered(group: readonly Waiting[], answers: readonly (AppendAnswer | LogError)[]): void {
    let last: AppendAnswer | null = null;
    for (const [index, one] of group.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (!(answer instanceof LogError)) last = answer;
      one.settle(answer);
    }
    if (last !== null) this.of.onAppended(last);
  }

  /** Settles every append: what waits is refused, what is under way gets its answer or is in doubt. */
  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.queue) waiting.settle(closedError());
    await this.pumping;
  }
}

/** Their effect reaches beyond their own append, so that they share a group with nothing. */
const ALONE: ReadonlySet<string> = new Set(['ClockStepAccepted', 'SimulationEnded']);

function waitingFor(request: AppendRequest, options: AppendOptions, promise: { resolve: (answer: AppendAnswer) => void; reject: (error: LogError) => void }): Waiting {
  const { signal } = options;
  const waiting: Waiting = { ...request, settled: false, inDoubt: false, lastError: undefined, settle };
  const timer = setTimeout(() => settle(undone(waiting, waiting.lastError)), options.deadlineMs ?? DEADLINE_MS);
  const called = (): void => settle(waiting.inDoubt ? unknownOutcome(waiting, signal?.reason) : new LogError('Aborted', 'the append was called off before it was sent'));
  signal?.addEventListener('abort', called, { once: true });
  function settle(outcome: AppendAnswer | LogError): void {
    if (waiting.settled) return;
    waiting.settled = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', called);
    if (outcome instanceof LogError) promise.reject(outcome);
    else promise.resolve(outcome);
  }
  return waiting;
}

const undone = (one: Waiting, cause: unknown): LogError =>
  one.inDoubt ? unknownOutcome(one, cause) : new LogError('Unavailable', 'the append could not be done before its deadline', { stream: one.append.stream }, cause);

const unknownOutcome = (one: Waiting, cause: unknown): LogError =>
  new LogError('OutcomeUnknown', 'no telling whether the append was done; repeat it with the same ids', { stream: one.append.stream, ids: one.append.events.map(({ id }) => id) }, cause);

function settleAll(group: readonly Waiting[], error: (one: Waiting) => LogError): void {
  for (const one of group) one.settle(error(one));
}

const closedError = (): LogError => new LogError('Unavailable', 'the log is closed in this process');
