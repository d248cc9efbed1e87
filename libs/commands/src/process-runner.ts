import { uuidV5, type Recorded } from '@assay/domain';
import { endOfDay, isLogError } from '@assay/event-log';
import type { Executor } from './executor.js';
import type { Finder } from './finder.js';
import { CommandError, wasRejected, type CommandMessage, type CommandOutcome } from './outcome.js';
import { isLeadLost, type ParkedWork, type ProcessManager, type ProcessStore, type SystemCommand, type Timer, type TimersOf } from './process.js';

/** The log as far as processes follow it. */
export interface ProcessLog {
  readonly logId: string;
  readAll(options: { readonly afterPosition: number; readonly types: readonly string[]; readonly max: number }): Promise<readonly Recorded[]>;
  head(): Promise<{ readonly position: number }>;
  now(): Promise<number>;
  /** Resolves when something may have been appended after the position, or at the time-out. */
  moved(afterPosition: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** What a runner is made of; `onParked` and `onError` are told, never asked. */
export interface ProcessRunnerOptions {
  readonly log: ProcessLog;
  readonly executor: Executor;
  readonly finder: Finder;
  readonly store: ProcessStore;
  readonly managers: readonly ProcessManager[];
  /** Event types that set timers, and the timers they set. */
  readonly timers: { readonly types: readonly string[]; readonly of: TimersOf };
  readonly timeZone: () => Promise<string>;
  /** Work that no repetition will help: parked, and told here once. */
  readonly onParked: (work: ParkedWork) => void;
  readonly onError: (error: unknown) => void;
  /** A timer was fired, so many milliseconds after it was due. */
  readonly onFired?: ((lateMs: number) => void) | undefined;
}

const BATCH_EVENTS_MAX = 500;
const IDLE_MS = 1_000;
const RETRY_MS_MAX = 1_000;

/** A rejection of a SYSTEM command after which waiting helps: the work in its way is under way itself. */
const WAITS: ReadonlySet<string> = new Set(['RECALIBRATIONS_APPLYING', 'CUT_OFF_TOO_EARLY', 'FEEDBACK_OPEN']);

/** More timers than that are due all at once only after a long stop; the figure then says "at least". */
const DUE_COUNTED_MAX = 1_000;

/** Work that waits: how far managers have followed the log, timers due and not fired, how long the oldest of them has waited (ms), parked work. */
export interface WaitingWork {
  readonly position: number;
  /** At most 1,000 are counted. */
  readonly due: number;
  readonly lateMs: number;
  readonly parked: number;
  /** Whether a living process carries it out, this one or another. */
  readonly led: boolean;
}

interface Metrics {
  position: number;
  timersFired: number;
  retries: number;
}

/**
 * Follows the log for all process managers and fires the timers. `drain` brings everything up to the log's head once
 * (the loader of a simulated log, tests); `run` goes on until it is stopped.
 */
export class ProcessRunner {
  readonly metrics: Metrics = { position: -1, timersFired: 0, retries: 0 };
  private readonly types: readonly string[];
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(private readonly options: ProcessRunnerOptions) {
    this.types = [...new Set([...options.managers.flatMap((manager) => manager.types), ...options.timers.types])].sort((a, b) => (a < b ? -1 : 1));
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Carries out what the log asks for up to its head, what that sets in motion included. */
  async drain(simulatedNow?: number): Promise<void> {
    for (;;) {
      const { position } = await this.options.log.head();
      if ((await this.options.store.checkpoint()) >= position) return;
      await this.follow(position, simulatedNow);
    }
  }

  /** Fires every timer due by the instant, in order, draining after each: the simulated clock stands meanwhile. */
  async fire(now: number, at?: (timer: Timer) => number): Promise<number> {
    let fired = 0;
    const waiting = new Set<string>();
    for (;;) {
      const due = await this.options.store.due(now, waiting.size + 1);
      const timer = due.find(({ id }) => !waiting.has(id));
      if (timer === undefined) return fired;
      const simulatedNow = at?.(timer);
      if (await this.fireOne(timer, simulatedNow)) {
        fired += 1;
        // A simulated clock stands at each timer until it is fired: there is no being late.
        if (simulatedNow === undefined) this.options.onFired?.(Math.max(0, now - timer.dueAt));
      } else waiting.add(timer.id);
      await this.drain(simulatedNow);
    }
  }

  /** What waits as of now, of all processes that work on this log. */
  async waiting(): Promise<WaitingWork> {
    const { log, store } = this.options;
    const now = await log.now();
    const [due, parked, position, led] = await Promise.all([store.due(now, DUE_COUNTED_MAX), store.parked(), store.checkpoint(), store.led()]);
    return { position, due: due.length, lateMs: due[0] === undefined ? 0 : now - due[0].dueAt, parked: parked.length, led };
  }

  private async run(): Promise<void> {
    const { log, store, onError } = this.options;
    let pause = 0;
    while (!this.stopping.signal.aborted) {
      try {
        if (await store.lead()) {
          await this.drain();
          await this.fire(await log.now());
        }
        pause = 0;
        await this.idle();
      } catch (error) {
        // Whoever leads now goes on from the checkpoint, under the same command ids.
        if (isLeadLost(error)) continue;
        onError(error);
        this.metrics.retries += 1;
        pause = Math.min(RETRY_MS_MAX, Math.max(100, pause * 2));
        await this.options.log.moved(Number.MAX_SAFE_INTEGER, pause, this.stopping.signal);
      }
    }
  }

  private async idle(): Promise<void> {
    const { log, store } = this.options;
    const next = await store.nextDue();
    const untilDue = next === null ? IDLE_MS : Math.max(1, next - (await log.now()));
    await log.moved(await store.checkpoint(), Math.min(IDLE_MS, untilDue), this.stopping.signal);
  }

  private async follow(upTo: number, simulatedNow?: number): Promise<void> {
    const { log, store, executor, finder, managers } = this.options;
    const after = await store.checkpoint();
    const events = (await log.readAll({ afterPosition: after, types: this.types, max: BATCH_EVENTS_MAX })).filter(({ position }) => position <= upTo);
    const reader = await executor.reader();
    const parked: ParkedWork[] = [];
    const blocked = new Set((await store.parked()).map(({ manager, key }) => `${manager}\u0000${key}`));
    for (const manager of managers) {
      const followed = events.filter(({ type }) => manager.types.includes(type));
      if (followed.length === 0) continue;
      const commands = await manager.react(followed, { reader, finder, folds: executor.folds });
      for (const command of commands) await this.carryOut({ manager, command, parked, blocked, simulatedNow });
    }
    const timers = await this.timersOf(events);
    const full = events.length === BATCH_EVENTS_MAX;
    const position = full ? (events.at(-1)?.position ?? upTo) : upTo;
    await store.commit({ position, timers, parked });
    this.metrics.position = position;
  }

  private async timersOf(events: readonly Recorded[]): Promise<readonly Timer[]> {
    const timeZone = await this.options.timeZone();
    return events.flatMap((event) => this.options.timers.of(event, (day) => endOfDay(day, timeZone)));
  }

  private async carryOut(work: { manager: ProcessManager; command: SystemCommand; parked: ParkedWork[]; blocked: Set<string>; simulatedNow: number | undefined }): Promise<void> {
    const { manager, command, parked, blocked, simulatedNow } = work;
    const key = `${manager.name}\u0000${command.key}`;
    const outcome: CommandOutcome | { readonly refused: string } = blocked.has(key) ? { refused: 'KEY_PARKED' } : await this.execute(manager.name, command, simulatedNow);
    const code = 'refused' in outcome ? outcome.refused : wasRejected(outcome) ? outcome.rejection.rejected : null;
    if (code === null) return;
    const entry: ParkedWork = { manager: manager.name, key: command.key, eventId: command.cause.id, position: command.cause.position, command: `${command.aggregate}.${command.type}`, code };
    blocked.add(key);
    parked.push(entry);
    this.options.onParked(entry);
  }

  private async execute(manager: string, command: SystemCommand, simulatedNow: number | undefined): Promise<CommandOutcome | { readonly refused: string }> {
    const { cause } = command;
    const message: CommandMessage = {
      aggregate: command.aggregate,
      type: command.type,
      ...(command.id === undefined ? {} : { id: command.id }),
      data: command.data,
      commandId: uuidV5(cause.id, `${manager}/${command.type}/${command.part}`),
      issuer: 'SYSTEM',
      correlationId: cause.meta.correlationId,
      causation: { eventId: cause.id, ...rootOf(cause) },
      ...(simulatedNow === undefined ? {} : { simulatedNow }),
    };
    return this.refusals(message);
  }

  /** Retryable errors go up and the batch is taken again; what no repetition helps is a refusal. */
  private async refusals(message: CommandMessage): Promise<CommandOutcome | { readonly refused: string }> {
    await this.options.store.stillLead();
    try {
      const outcome = await this.options.executor.execute(message);
      // Not for good: where the log was moved to, it is reopened, and this work is still to be done there.
      if (wasRejected(outcome) && outcome.rejection.rejected === 'LOG_CLOSED') throw new CommandError('UNAVAILABLE', 'The log is closed.');
      return outcome;
    } catch (error) {
      if (error instanceof CommandError && error.code !== 'CONCURRENT_CHANGE' && error.code !== 'UNAVAILABLE') return { refused: error.code };
      if (isLogError(error, 'TooLarge') || isLogError(error, 'InvalidEvent')) return { refused: error.code };
      throw error;
    }
  }

  /** False where the timer must wait for other work. */
  private async fireOne(timer: Timer, simulatedNow: number | undefined): Promise<boolean> {
    const message: CommandMessage = {
      aggregate: timer.aggregate,
      type: timer.type,
      id: timer.streamId,
      data: timer.data,
      commandId: timer.id,
      issuer: 'SYSTEM',
      correlationId: timer.correlationId,
      causation: { eventId: timer.causeEventId, ...(timer.rootActor === null ? {} : { rootActor: timer.rootActor }) },
      ...(simulatedNow === undefined ? {} : { simulatedNow }),
    };
    const outcome = await this.refusals(message);
    const code = 'refused' in outcome ? outcome.refused : wasRejected(outcome) ? outcome.rejection.rejected : null;
    if (code !== null && WAITS.has(code)) return false;
    if (code !== null) await this.parkTimer(timer, code);
    await this.options.store.finish(timer.id);
    this.metrics.timersFired += 1;
    return true;
  }

  private async parkTimer(timer: Timer, code: string): Promise<void> {
    const { store, onParked } = this.options;
    const position = await store.checkpoint();
    const entry: ParkedWork = { manager: 'timers', key: timer.id, eventId: timer.causeEventId, position, command: `${timer.aggregate}.${timer.type}`, code };
    await store.commit({ position, timers: [], parked: [entry] });
    onParked(entry);
  }
}

function rootOf({ meta }: Recorded): { readonly rootActor?: string } {
  const root = meta.actor === 'SYSTEM' ? meta.rootActor : meta.actor;
  return root === undefined ? {} : { rootActor: root };
}
