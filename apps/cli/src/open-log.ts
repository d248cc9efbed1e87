import { serveModeOf, type FeaturePorts } from '@assay/graphql';
import { reach, type Runtime } from '@assay/runtime';
import { UsageError } from './command.js';
import type { CliConfig } from './config.js';

/** Refuses a log without a first event: a slip in `--log` would otherwise read as an empty log. */
export async function demandOpened({ log }: Pick<CliConfig, 'log'>, runtime: Pick<Runtime, 'company'>): Promise<void> {
  if ((await runtime.company()).status === 'ABSENT') throw new UsageError(`the log ${log} was never opened; open --help says how, and --log or ASSAY_LOG names another`);
}

/** What queries stand on, once every view shows the log's head; that position, too. */
export async function readingPorts({ dataFolder, log }: CliConfig, runtime: Runtime): Promise<{ readonly ports: FeaturePorts; readonly head: number }> {
  const { executor, readModels, store } = runtime;
  const { position: head } = await store.head();
  await reach(readModels, head);
  const mode = serveModeOf(dataFolder, log) === 'demo' ? 'DEMO' : 'PRODUCTION';
  return { head, ports: { executor, readModels, log: store, company: () => runtime.company(), serving: { mode, protection: runtime.log.protection } } };
}
