import { createCipheriv, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV5 } from '@assay/domain';
import { isLogError, openEmbedded, openPostgresLog, type AppendEvent, type PostgresLog } from '@assay/event-log';
import { processesOn } from '../support/started-process.js';
import { codeOf, ServedProcess } from '../support/served-process.js';
import { SmallDisk } from '../support/small-disk.js';

const NAMES = '3f0c6f5e-8a3d-5f0b-9a53-0f4b7a4f3a51';
/** Events of 800 kB that nothing compresses. */
function bigEvent(n: number): AppendEvent {
  const text = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16, n)).update(Buffer.alloc(600_000)).toString('base64');
  return { id: uuidV5(NAMES, String(n)), type: 'Tested', schemaVersion: 1, data: { text }, meta: {} };
}

const disk = SmallDisk.open();
if (typeof disk === 'string') {
  describe('a full disk', () => {
    it(`is declared: not run here, ${disk}`, () => {
      process.stdout.write(`a full disk is not tried here: ${disk}\n`);
      expect(SmallDisk.open()).toBe(disk);
    });
  });
} else {
  describe('a full disk', () => fullDisk(disk));
}

function fullDisk(small: SmallDisk): void {
  const folder = small.within('data');
  let served: ServedProcess;
  beforeAll(async () => {
    served = await ServedProcess.start({ ASSAY_DATA: folder });
    await served.defined('before');
  }, 240_000);
  afterAll(async () => {
    small.makeRoom();
    await served.stop();
    expect(processesOn(folder)).toEqual([]);
    small.close();
  }, 240_000);

  it('refuses writes as UNAVAILABLE within a second, goes on reading, and writes again once there is room', async () => {
    small.leave(0);
    const commandId = randomUUID();
    let refused = await served.define('during', commandId);
    // What the last look at the disk still allowed may have gone through; nothing after it does.
    for (let n = 0; codeOf(refused) === null; n += 1) refused = await served.define(`during-${n}`);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    const took: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const began = performance.now();
      expect(codeOf(await served.define(`refused-${n}`))).toBe('UNAVAILABLE');
      took.push(performance.now() - began);
    }
    // What a busy machine does to one of them says nothing of the others.
    expect(took.toSorted((a, b) => a - b)[took.length / 2]).toBeLessThan(1000);
    for (let n = 0; n < 20; n += 1) expect(await served.units()).toContain('before');
    small.makeRoom();
    while (codeOf(await served.define('after', commandId)) === 'UNAVAILABLE') await delay(50);
    expect((await served.units()).filter((code) => code.startsWith('refused'))).toEqual([]);
    expect(served.process.isEnded).toBe(false);
  }, 240_000);

  it('that ends the database itself is survived: what was acknowledged is there once there is room, without a restart', async () => {
    // Another log of the same server, and a writer that does not look at the disk.
    const embedded = await openEmbedded({ dataDir: folder, log: 'other' });
    const log = await openPostgresLog({ app: embedded.app, owner: embedded.owner });
    small.leave(24 * 2 ** 20);
    const acknowledged = await writeUntilRefused(log);
    expect([null, 'UNAVAILABLE']).toContain(codeOf(await served.ask('{ log { head } }')));
    small.makeRoom();
    expect(await served.units(await served.defined('at-last'))).toContain('at-last');
    const ids = new Set((await log.readAll({})).map(({ id }) => id));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(served.process.isEnded).toBe(false);
    await log.close();
    await embedded.close();
  }, 240_000);
}

/** Writes large events until one is refused; the ids of those that were acknowledged. */
async function writeUntilRefused(log: PostgresLog): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; ; n += 1) {
    const event = bigEvent(n);
    try {
      await log.append(`big-${n}`, [event], 'NO_STREAM', { deadlineMs: 3000 });
      acknowledged.push(event.id);
    } catch (error) {
      if (!isLogError(error) || !error.retryable) throw error;
      return acknowledged;
    }
  }
}
