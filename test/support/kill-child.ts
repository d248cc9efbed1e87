import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isCommandError, wasRejected, type ParkedWork } from '@assay/commands';
import { isLogError } from '@assay/event-log';
import { allViews, isReadModelError } from '@assay/read-models';
import { openLog, openRuntime, type Runtime } from '@assay/runtime';
import { foundCompany, openCycle } from './company.js';
import type { Answer, Asked, Founding, Told } from './kill-protocol.js';
import { Stage } from './stage.js';
import { loadStep, type LoadWorld } from './team-load.js';

/**
 * The application of the kill test: opens a log in the embedded database and writes to it from many writers at once. What
 * it is asked for comes as JSON lines on its input, what it did goes out the same way, each line written before the next
 * command is sent. It repeats a command that was not answered until it is.
 */
const RETRY_MS = 50;
const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const fail = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
};

class Application {
  private readonly stage: Stage;
  private readonly writing = new Map<number, Promise<void>>();
  private paused = false;

  constructor(private readonly runtime: Runtime) {
    const { logId, executor, principals, store } = runtime;
    this.stage = new Stage({ logId, execute: (message) => executor.execute(message), principalOf: (id) => principals.of(id), readStream: (stream) => store.readStream(stream) });
  }

  /** Whatever is asked for: errors that a repetition may help against are the caller's to repeat. */
  async asked(asked: Asked): Promise<void> {
    if ('found' in asked) return this.found(asked.found);
    if ('run' in asked) return this.run(asked.run);
    if ('again' in asked) return this.again(asked.again);
    return this.pause();
  }

  private async found({ opening, cycle, today }: Founding): Promise<void> {
    const { adminId } = await openLog(this.runtime, opening);
    const company = await foundCompany(this.stage, adminId, today);
    await openCycle(this.stage, company, cycle);
    tell({ founded: { logId: this.runtime.logId, company, cycle, today } });
  }

  private run({ world, from }: Extract<Asked, { readonly run: unknown }>['run']): Promise<void> {
    this.paused = false;
    for (const [writer, n] of from.entries()) this.writing.set(writer, this.write(world, writer, n).catch(fail));
    return Promise.resolve();
  }

  private async write(world: LoadWorld, writer: number, from: number): Promise<void> {
    for (let n = from; !this.paused; n += 1) tell({ acknowledged: await this.answered(world, writer, n) });
  }

  private async again({ world, commands }: Extract<Asked, { readonly again: unknown }>['again']): Promise<void> {
    tell({ again: await Promise.all(commands.map(({ writer, n }) => this.answered(world, writer, n))) });
  }

  /** The command's answer, asked for until it comes. */
  private async answered(world: LoadWorld, writer: number, n: number): Promise<Answer> {
    const step = loadStep(world, writer, n);
    for (;;) {
      try {
        const outcome = await this.stage.act(step);
        if (wasRejected(outcome)) throw new Error(`${step.key} is refused: ${JSON.stringify(outcome.rejection)}`);
        const { stream, revision, position, repeated, commandId } = outcome.accepted;
        return { writer, n, commandId, stream, revision, position, repeated };
      } catch (error) {
        if (!isWorthRepeating(error)) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  /** Lets every writer end its command, then everything that follows reach the head. */
  private async pause(): Promise<void> {
    this.paused = true;
    await Promise.all(this.writing.values());
    const { store, processes, readModels } = this.runtime;
    for (let { position } = await store.head(); ; ({ position } = await store.head())) {
      const followed = processes.metrics.position >= position && (await reached(readModels, position));
      if (followed && (await store.head()).position === position) return tell({ paused: position });
      await delay(RETRY_MS);
    }
  }
}

async function reached(readModels: Runtime['readModels'], position: number): Promise<boolean> {
  try {
    await readModels.atLeast(allViews, position);
    return true;
  } catch (error) {
    if (isReadModelError(error, 'NOT_YET_VISIBLE')) return false;
    throw error;
  }
}

/** What the edge tells a client to repeat: everything else is a finding. */
const isWorthRepeating = (error: unknown): boolean => (isLogError(error) && error.retryable) || isCommandError(error, 'CONCURRENT_CHANGE');

const lines = createInterface({ input: process.stdin });
const input = lines[Symbol.asyncIterator]();
tell({ loaded: true });
// The first line only says go: until then this process costs nobody anything.
await input.next();
const parked = (work: ParkedWork): never => fail(new Error(`parked: ${JSON.stringify(work)}`));
const runtime = await openRuntime({ dataDir: process.argv[2] ?? '', log: 'main', say: () => undefined, onParked: parked, onError: () => undefined });
runtime.start();
const application = new Application(runtime);
tell({ open: runtime.logId });
for (;;) {
  const next = await input.next();
  if (next.done === true) break;
  // Lines are written by the kill test itself.
  await application.asked(JSON.parse(next.value) as Asked).catch(fail);
}
await runtime.close();
