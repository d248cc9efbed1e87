import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime, reach } from '@assay/runtime';
import { openReplayTarget } from '../../apps/cli/src/import/open-target.js';
import { REPLAY_ISSUER } from '../../apps/cli/src/import/replay-company.js';
import { replay } from '../../apps/cli/src/import/replay.js';
import { testDatabase, type TestDatabase } from './database.js';
import { generatedImport } from './generated-import.js';
import { serveRuntime, urlOf, type ServedLog } from './graphql-app.js';

/** The logins of the database that a log is in. */
export type LogDatabase = Pick<TestDatabase, 'owner' | 'app'>;
/** As few as the example company file allows, so that a replay takes seconds. */
const AGENTS = 12;
const DEALS = 72;
/** On a server the database that the address names is the log `main`. */
const LOG = 'main';

/** A seeded export, replayed into a log as the command line does it, and that log served: the one that the README asks. */
export async function servedImport(seed: number): Promise<ServedLog> {
  const [database, dataDir] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-served-'))];
  const removed = async (): Promise<void> => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await replayedInto(database, dataDir, seed);
    const served = await openAndServe(database, dataDir);
    return { ...served, close: () => served.close().finally(removed) };
  } catch (error) {
    // Else the server below would keep the test's process alive.
    await removed();
    throw error;
  }
}

/** Serves the log that such an export was replayed into, as it lies in a database, with the keys of a folder. */
export async function openAndServe(database: LogDatabase, dataDir: string): Promise<ServedLog> {
  const faults: unknown[] = [];
  const runtime = await openRuntime({
    ...{ dataDir, log: LOG, databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner) },
    say: () => undefined,
    onParked: (work) => faults.push(work),
    onError: (error) => faults.push(error),
  });
  runtime.start();
  // Views that are not there yet, in a log that was just restored, are made first.
  await reach(runtime.readModels, (await runtime.store.head()).position);
  const served = await serveRuntime(runtime, { issuer: REPLAY_ISSUER, executor: runtime.executor });
  const close = async (): Promise<void> => {
    await served.close();
    await runtime.close();
    if (faults.length > 0) throw new Error(`behind the edge something went wrong: ${faults.map(String).join('; ')}`);
  };
  return { ...served, close };
}

/** Replays a seeded export into an empty database, as the command line does it. */
export async function replayedInto(database: LogDatabase, dataFolder: string, seed: number): Promise<void> {
  const generated = await generatedImport({ seed, agents: AGENTS, deals: DEALS });
  const config = { dataFolder, log: LOG, token: undefined, databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), oidc: null };
  const { target, show, close } = await openReplayTarget(config, { err: () => undefined });
  try {
    const report = await replay(target, generated, { progress: () => undefined, signal: new AbortController().signal, dryRun: false });
    if (report.refusals.length + report.refusedSteps.length > 0) throw new Error(JSON.stringify(report));
    await show();
  } finally {
    await close();
    await generated.remove();
  }
}
