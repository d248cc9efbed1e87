import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { EventStoreLog, OpenEventStoreLogOptions } from '@assay/event-log';
import type { EventStoreDouble } from '../eventstoredb/double.js';
import { FaultProxy } from '../support/fault-proxy.js';
import type { TestLog } from './engine.js';
import type { EventStoreAccess } from './eventstore-access.js';

/** Time-outs with which a case need not wait long for what the adapter does in seconds. */
export const SHORT_ENGINE = { attemptMs: 300, silenceMs: 1_500, readMs: 1_000 };

/** What only an event store has. */
export function storeOf({ eventStore }: TestLog): EventStoreAccess {
  if (eventStore === undefined) throw new Error('this case is of an event store alone');
  return eventStore;
}
/** The double, for harm that a real server does not do on demand. */
export function doubleOf(t: TestLog): EventStoreDouble {
  const { double } = storeOf(t);
  if (double === null) throw new Error('this case needs the double: a real server does no such harm on demand');
  return double;
}

/** A client behind a wire that the case may harm; it leaves the index to the log of the case. */
export async function behindWire(t: TestLog, options: Partial<OpenEventStoreLogOptions> = {}): Promise<{ readonly wire: FaultProxy; readonly client: EventStoreLog; readonly close: () => Promise<void> }> {
  const { url, client } = storeOf(t);
  const wire = await FaultProxy.to({ connectionString: url });
  const log = await client({ url: wire.connection.connectionString ?? '', keepsIndex: false, timeouts: SHORT_ENGINE, ...options });
  const close = async (): Promise<void> => {
    wire.release();
    await log.close();
    await wire.close();
  };
  return { wire, client: log, close };
}

/** The codes of what an append in doubt may end with. */
export const IN_DOUBT: readonly unknown[] = ['OutcomeUnknown', 'Unavailable'];

/** What a process that dies leaves in the log: writes acknowledged events, prints each, and is killed while it writes. */
export async function writeAndDie(where: object, acknowledged: number): Promise<readonly string[]> {
  const script = ['--import', './test/support/typescript-hooks.mjs', 'test/support/writer-child.ts', JSON.stringify(where)];
  const child = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > acknowledged) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}
