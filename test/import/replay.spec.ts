import { describe, expect, it } from '@jest/globals';
import { emptyTarget, generatedFolder, replayInto } from './export-folder.js';

describe('smoke', () => {
  it('runs', async () => {
    const folder = await generatedFolder({ seed: 7, agents: 12, deals: 500 });
    const target = emptyTarget();
    const t = Date.now();
    const report = await replayInto(target, folder);
    console.log(Date.now() - t, JSON.stringify({ ...report, refusals: report.refusals.slice(0, 5) }, null, 1), await target.store.head());
    expect(report.refusedSteps).toEqual([]);
  }, 60000);
});
