import type { Executor } from './executor.js';
import type { CommandMessage, CommandOutcome } from './outcome.js';
import type { ProcessRunner } from './process-runner.js';

/** What must have seen everything before the clock moves on. */
export interface Follower {
  /** Resolves when the projections have reached the position. */
  reach(position: number): Promise<void>;
}

/** What a simulation moves: the executor, the process runner, and the projections that follow. */
export interface SimulationOptions {
  readonly executor: Executor;
  readonly runner: ProcessRunner;
  readonly follower: Follower;
  readonly head: () => Promise<{ readonly position: number; readonly recordedAt: number | null }>;
}

/**
 * The clock of a SIMULATED log, held by its one loader (`architecture.md`, Time). It stands while commands are carried
 * out, and moves only by `advance`: in order of due instant, each timer due by then is recorded at its own instant, process
 * managers and projections reach the head, and only then does the clock go on. It never goes back; a resumed loader
 * begins at the last recordedAt, and commands already there answer `repeated`.
 */
export class Simulation {
  private constructor(
    private readonly options: SimulationOptions,
    private instant: number,
  ) {}

  /** Begins at the later of `from` (ms) and what the log recorded last. */
  static async begin(options: SimulationOptions, from: number): Promise<Simulation> {
    const { recordedAt } = await options.head();
    return new Simulation(options, Math.max(from, recordedAt ?? from));
  }

  get now(): number {
    return this.instant;
  }

  /** Carries out a command at the simulated instant. */
  execute(message: CommandMessage): Promise<CommandOutcome> {
    return this.options.executor.execute({ ...message, simulatedNow: this.instant });
  }

  /** Lets process managers and projections reach the head; the clock stands. */
  async settle(): Promise<void> {
    const { runner, follower, head } = this.options;
    await runner.drain(this.instant);
    await follower.reach((await head()).position);
  }

  /** Moves the clock on to the instant (ms); an earlier one leaves it where it is. */
  async advance(to: number): Promise<void> {
    await this.settle();
    if (to <= this.instant) return;
    await this.options.runner.fire(to, ({ dueAt }) => {
      this.instant = Math.max(this.instant, dueAt);
      return this.instant;
    });
    this.instant = to;
    await this.settle();
  }
}
