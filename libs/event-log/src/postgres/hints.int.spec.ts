import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { FaultProxy } from '../../../../test/support/fault-proxy.js';
import type { Connection } from '../connection.js';
import { Hints } from './hints.js';
import { clientConfig, TIMEOUTS } from './line.js';

let database: TestDatabase;
const open: Hints[] = [];
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const hints of open.splice(0)) await hints.close();
  await database.close();
});

/** One that listens, or will; `heard(n)` resolves when it was told something n times, its own connecting among them. */
function listener(connection: Connection = database.app): { readonly hints: Hints; heard(times: number): Promise<void> } {
  let [told, wake] = [0, (): void => undefined];
  const hints = new Hints(clientConfig(connection, TIMEOUTS), () => {
    told += 1;
    wake();
  });
  open.push(hints);
  const heard = async (times: number): Promise<void> => {
    while (told < times) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { hints, heard };
}

describe('a hint', () => {
  it('that is given before there is a connection is sent once there is one', async () => {
    const [one, other] = [listener(), listener()];
    other.hints.start();
    await other.heard(1);
    one.hints.send();
    await other.heard(2);
    expect(open).toHaveLength(2);
  });

  it('that a connection which was cut did not send is sent by the next one', async () => {
    const proxy = await FaultProxy.to(database.app);
    const [one, other] = [listener(proxy.connection), listener()];
    for (const { hints, heard } of [one, other]) {
      hints.start();
      await heard(1);
    }
    proxy.refusing = true;
    proxy.cut();
    one.hints.send();
    proxy.refusing = false;
    await other.heard(2);
    await one.hints.close();
    await proxy.close();
    expect(open).toHaveLength(2);
  });
});
