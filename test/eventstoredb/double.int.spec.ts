import { EventStoreDBClient, jsonEvent, type AppendResult } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDouble } from './double.js';

let double: EventStoreDouble;
let client: EventStoreDBClient;

beforeEach(async () => {
  double = await EventStoreDouble.start();
  client = new EventStoreDBClient({ endpoint: `127.0.0.1:${double.port}` }, { insecure: true });
});
afterEach(async () => {
  await client.dispose();
  await double.close();
});

const append = (stream: string): Promise<AppendResult> => client.appendToStream(stream, [jsonEvent({ type: 'Tested', data: {} })]);

async function streams(): Promise<string[]> {
  const names: string[] = [];
  for await (const { event } of client.readAll()) names.push(event?.streamId ?? '');
  return names.filter((name) => !name.startsWith('$'));
}

describe('the double as a server', () => {
  it('keeps its log and its port over a restart', async () => {
    await append('before');
    await double.stop();
    await expect(append('while down')).rejects.toMatchObject({ code: 14 });
    await double.start();
    await append('after');
    expect(await streams()).toEqual(['before', 'after']);
  });

  it('answers what was asked while it was frozen once it thaws', async () => {
    await append('before');
    double.freeze();
    let answered = false;
    const pending = append('frozen').then(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    double.thaw();
    await pending;
    expect(await streams()).toEqual(['before', 'frozen']);
  });

  it('hangs one append, writing nothing', async () => {
    const hang = double.faults.inject('append', { kind: 'HANG' });
    void append('hung').catch(() => undefined);
    await hang.hit();
    await append('next');
    expect(await streams()).toEqual(['next']);
  });
});
