import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commitCases } from './projection-commit-cases.js';
import type { ProjectionHarness } from './projection-harness.js';
import { poisonCases } from './projection-poison-cases.js';
import { versionCases } from './projection-version-cases.js';

/** An engine under the log whose projections are tested. */
export interface ProjectionEngine {
  readonly name: string;
  /** A fresh log and empty read models; or the reason why this engine need not run the cases. */
  readonly open: (() => Promise<ProjectionHarness>) | { readonly declared: string };
}
const CASE_MS_MAX = 60_000;
// The file beside this one, a name by id.
const NAMES = JSON.parse(readFileSync('test/conformance/projection-names.json', 'utf8')) as Readonly<
  Record<string, string>
>;
const RUNS = new Map([...commitCases, ...poisonCases, ...versionCases]);

/** The projection contract (P01 to P16): each case against a fresh log, its id in its name. */
export function projectionConformance({ name: engine, open }: ProjectionEngine): void {
  describe(`conformance: ${engine}`, () => {
    for (const [id, name] of Object.entries(NAMES)) {
      if ('declared' in open)
        it(`[${id}] ${name} (declared: ${open.declared})`, () => expect(open.declared.length).toBeGreaterThan(10));
      else it(`[${id}] ${name}`, () => runCase(id, open), CASE_MS_MAX);
    }
  });
}

async function runCase(id: string, open: () => Promise<ProjectionHarness>): Promise<void> {
  const run = RUNS.get(id);
  if (!run) throw new Error(`case ${id} is neither implemented nor declared`);
  const harness = await open();
  try {
    await run(harness);
  } finally {
    await harness.close();
  }
}
