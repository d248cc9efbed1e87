import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SimulationTarget } from '@assay/runtime';
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

const ENDED = 'ended here';
/** A log whose replay ends once so many commands of a type were carried out, however far its day is done. */
function endingAfter(target: SimulationTarget, { type, nth }: { readonly type: string; readonly nth: number }): SimulationTarget {
  const begin: SimulationTarget['begin'] = async (...of) => {
    const open = await target.begin(...of);
    const { simulation } = open;
    let left = nth;
    const execute: typeof simulation.execute = async (message) => {
      const outcome = await simulation.execute(message);
      if (message.type === type && (left -= 1) === 0) throw new Error(ENDED);
      return outcome;
    };
    return { ...open, simulation: new Proxy(simulation, { get: (own, key) => (key === 'execute' ? execute : Reflect.get(own, key)) as unknown }) };
  };
  return { ...target, begin };
}

/** Every event in one line; what is issued at once may come in another order inside one instant. */
const toldOf = ({ events }: Replayed, revisions: 'WITH_REVISIONS' | 'WITHOUT_REVISIONS' = 'WITH_REVISIONS'): readonly string[] =>
  events.map(({ id, stream, revision, type, recordedAt }) => [id, stream, revisions === 'WITH_REVISIONS' ? revision : '', type, recordedAt].join(' ')).sort((a, b) => (a < b ? -1 : 1));

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
      expect(toldOf(await Replayed.read(target))).toEqual(toldOf(asserted.replayed));
    },
    REPLAY_MS_MAX,
  );

  it.each<[string, number, 'WITH_REVISIONS' | 'WITHOUT_REVISIONS']>([
    ['ProposeGoalRevision', 1, 'WITH_REVISIONS'],
    ['RequestRecalibration', 1, 'WITH_REVISIONS'],
    ['RequestRecalibration', 2, 'WITH_REVISIONS'],
    ['GiveFeedback', 2, 'WITH_REVISIONS'],
    // What follows from an approval may follow at once, or after the next approval: of one instant, in either order.
    ['ApproveRecalibration', 1, 'WITHOUT_REVISIONS'],
  ])(
    'ended amid a recalibration, by %s %i, goes on to the very events of an uninterrupted run',
    async (type, nth, revisions) => {
      const target = emptyTarget();
      await expect(replayInto(endingAfter(target, { type, nth }), folder)).rejects.toThrow(ENDED);
      expect(await replayInto(target, folder)).toEqual(asserted.report);
      expect(toldOf(await Replayed.read(target), revisions)).toEqual(toldOf(asserted.replayed, revisions));
    },
    REPLAY_MS_MAX,
  );

  it('refuses a log that another import began', async () => {
    const other = await generatedFolder({ seed: SEED + 1, agents: 12, deals: 20 });
    await expect(replayInto(asserted.replayed.target, other)).rejects.toMatchObject({ code: 'USAGE' });
    await other.remove();
  });
});
