import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertReplay, type Asserted } from './assertions.js';
import { emptyTarget, generatedFolder, replayInto, type ExportFolder } from './export-folder.js';
import { reckon } from './oracle.js';
import { Replayed } from './replayed.js';

const SEED = 20_170_814;
const REPLAY_MS_MAX = 120_000;

let folder: ExportFolder;
let asserted: Asserted;
beforeAll(async () => {
  folder = await generatedFolder({ seed: SEED, agents: 12, deals: 500 });
  const target = emptyTarget();
  const report = await replayInto(target, folder);
  asserted = { replayed: await Replayed.read(target), oracle: reckon(folder.files), report };
}, REPLAY_MS_MAX);
afterAll(() => folder.remove());

describe('a replayed export', () => {
  assertReplay(() => asserted);

  it('appends nothing the second time, and reports the same', async () => {
    const { target } = asserted.replayed;
    const { position } = await target.store.head();
    expect(await replayInto(target, folder)).toEqual(asserted.report);
    expect((await target.store.head()).position).toBe(position);
  });

  it.each([1, 12, 40, 200])(
    'interrupted after %i steps, goes on to the very log of an uninterrupted run',
    async (steps) => {
      const target = emptyTarget();
      const ended = new AbortController();
      let left = steps;
      const countDown = (): void => {
        left -= 1;
        if (left === 0) ended.abort();
      };
      await expect(replayInto(target, folder, { signal: ended.signal, progress: countDown })).rejects.toThrow('aborted');
      expect(await replayInto(target, folder)).toEqual(asserted.report);
      const { events } = await Replayed.read(target);
      // What is issued at once may come in another order inside one instant.
      const told = (all: Replayed['events']) => all.map(({ id, stream, revision, type, recordedAt }) => [id, stream, revision, type, recordedAt].join(' ')).sort((a, b) => (a < b ? -1 : 1));
      expect(told(events)).toEqual(told(asserted.replayed.events));
    },
    REPLAY_MS_MAX,
  );

  it('refuses a log that another import began', async () => {
    const other = await generatedFolder({ seed: SEED + 1, agents: 12, deals: 20 });
    await expect(replayInto(asserted.replayed.target, other)).rejects.toMatchObject({ code: 'USAGE' });
    await other.remove();
  });
});
