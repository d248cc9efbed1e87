import type { Principal } from '@assay/domain';
import { markDemo } from '@assay/graphql';
import { loadingTarget, type LoadTarget, type SimulationTarget } from '@assay/runtime';
import type { Io } from '../command.js';
import type { CliConfig } from '../config.js';
import { runtimeOf } from '../open-runtime.js';
import { readerOf } from '../reader.js';

/** Whether notices are said, and what ends the opening. */
export interface OpenOptions {
  readonly quiet?: boolean;
  readonly signal?: AbortSignal;
}
/** A log in a database that an export is imported into. */
export interface LiveTarget {
  readonly target: LoadTarget;
  /** The person whose token the command line carries; null without one. */
  readonly person: () => Promise<Principal | null>;
  readonly close: () => Promise<void>;
}

/** Opens the log that the settings name. */
export async function openLiveTarget(config: CliConfig, io: Pick<Io, 'err'>, options: OpenOptions = {}): Promise<LiveTarget> {
  const runtime = await runtimeOf(config, io, options);
  const { logId, store, executor, finder, principals, accountDigest } = runtime;
  return { target: { logId, store, executor, finder, principals, accountDigest }, person: async () => (await readerOf(config, principals))?.principal ?? null, close: () => runtime.close() };
}

/** A log in a database that an export is replayed into. */
export interface OpenReplayTarget {
  readonly target: SimulationTarget;
  /** Lets the views follow; resolves when they show everything. */
  readonly show: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens the log that the settings name for a replay; its views follow afterwards. */
export async function openReplayTarget(config: CliConfig, io: Pick<Io, 'err'>, options: OpenOptions = {}): Promise<OpenReplayTarget> {
  const runtime = await runtimeOf(config, io, { ...options, viewsLater: true });
  const { target, show, close } = loadingTarget(runtime, ({ manager, key, command, code }) => io.err(`assay: ${manager} parks ${key}: ${command} was refused with ${code}\n`));
  return {
    target: {
      ...target,
      begin: (opening, from) => {
        // Marked before its first event: a replay of any age is served as a demo, whoever interrupts it.
        markDemo(config.dataFolder, config.log);
        return target.begin(opening, from);
      },
    },
    show,
    close: async () => {
      await close();
      await runtime.close();
    },
  };
}
