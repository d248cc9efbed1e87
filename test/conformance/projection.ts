import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { commitCases } from './projection-commit-cases.js';
import type { ProjectionHarness } from './projection-harness.js';
import { poisonCases } from './projection-poison-cases.js';
import { versionCases } from './projection-version-cases.js';

/** The projection contract (P01 to P16): every adapter's spec calls it with how to open a fresh log and its read models. */
export function projectionContract(engine: string, open: () => Promise<ProjectionHarness>): void {
  describe(`projection contract on ${engine}`, () => {
    let harness: ProjectionHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(async () => {
      await harness.close();
    });
    for (const [name, run] of [...commitCases, ...poisonCases, ...versionCases]) it(name, () => run(harness));
  });
}
