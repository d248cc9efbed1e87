import { once } from 'node:events';
import { spawn } from 'node:child_process';
import type { EventLog } from '@assay/event-log';
import { FaultProxy } from '../support/fault-proxy.js';
import type { SqlAccess } from './engine.js';

/** Time-outs with which a case need not wait long for what the adapter does in seconds. */
export const SHORT = { statementMs: 300, lockMs: 200, callMs: 400 };

/** At its deadline an append that waits for a lock has been sent: whether it is refused or in doubt depends on the moment. */
export const REFUSED_OR_IN_DOUBT: readonly unknown[] = ['Unavailable', 'OutcomeUnknown'];

/** A client behind a wire that the case may harm. */
export async function behindProxy(sql: SqlAccess, options: Parameters<SqlAccess['client']>[0] = {}): Promise<{ readonly proxy: FaultProxy; readonly client: EventLog; readonly close: () => Promise<void> }> {
  const proxy = await FaultProxy.to(sql.app);
  const client = await sql.client({ app: proxy.connection, timeouts: SHORT, ...options });
  const close = async (): Promise<void> => {
    proxy.release();
    await client.close();
    await proxy.close();
  };
  return { proxy, client, close };
}

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
