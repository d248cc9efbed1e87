import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { Decimal } from 'decimal.js';
import { assertReplay, type Asserted } from './assertions.js';
import { emptyTarget, givenFolder, replayInto, type ExportFolder } from './export-folder.js';
import { reckon, QUARTERS } from './oracle.js';
import { Replayed } from './replayed.js';

// npm run test:import -- <folder> [--memory]: scripts/test-import.mjs says which folder, and that this is no spec of the suite.
const GIVEN = process.env.ASSAY_EXPORT ?? '';
const IN_MEMORY = process.env.ASSAY_EXPORT_IN === 'memory';
const REPLAY_MS_MAX = 600_000;

const said: string[] = [];
let folder: ExportFolder;
let asserted: Asserted;
let close = (): Promise<void> => Promise.resolve();
beforeAll(async () => {
  folder = await givenFolder(GIVEN);
  const { target, show } = IN_MEMORY ? { target: emptyTarget(), show: () => Promise.resolve() } : await inDatabase();
  const startedAt = performance.now();
  const report = await replayInto(target, folder);
  const seconds = (performance.now() - startedAt) / 1000;
  await show();
  const shownSeconds = (performance.now() - startedAt) / 1000;
  asserted = { replayed: await Replayed.read(target), oracle: reckon(folder.files), report };
  await tellFigures(seconds, shownSeconds);
}, REPLAY_MS_MAX);
afterAll(async () => {
  await close();
  await folder.remove();
}, REPLAY_MS_MAX);

describe(`the export in ${GIVEN}`, () => {
  assertReplay(() => asserted);
});

async function inDatabase() {
  // With everything that serves behind it, which a run in memory does without.
  const { openReplayTarget } = await import('../../apps/cli/src/import/open-target.js');
  const dataFolder = await mkdtemp(join(tmpdir(), 'assay-import-'));
  // As root, the database runs as another user: one that cannot enter would keep its data elsewhere, where nobody clears it away.
  await chmod(dataFolder, 0o755);
  const config = { dataFolder, log: 'crm-2017', token: undefined, databaseUrl: undefined, databaseOwnerUrl: undefined, oidc: null };
  const opened = await openReplayTarget(config, { err: (line) => void said.push(line) });
  close = async () => {
    await opened.close();
    await rm(dataFolder, { recursive: true, force: true });
  };
  return opened;
}

async function tellFigures(seconds: number, shownSeconds: number): Promise<void> {
  const { replayed, oracle, report } = asserted;
  const published = await Promise.all(oracle.quarters.map(async ({ agent, quarter }) => (await replayed.appraisalOf(agent, quarter)).revisions.at(-1)));
  const totals = published.map((revision) => new Decimal(revision?.total ?? 0)).sort((a, b) => a.comparedTo(b));
  const gradeCount = (grade: string): number => published.filter((revision) => revision?.grade === grade).length;
  const median = totals[Math.floor(totals.length / 2)]?.plus(totals[Math.floor((totals.length - 1) / 2)] ?? 0).div(2);
  const figures = {
    where: IN_MEMORY ? 'memory' : 'embedded PostgreSQL',
    people: report.counts.people,
    agents: oracle.agents.length,
    rows: report.counts.rows,
    open: report.counts.open,
    facts: report.counts.recorded,
    reports: report.counts.reports,
    targets: report.counts.targets,
    events: replayed.events.length,
    appraisals: `${String(published.length)} in ${String(QUARTERS.length)} quarters`,
    totals: `${totals[0]?.toFixed() ?? ''} to ${totals.at(-1)?.toFixed() ?? ''}, median ${median?.toFixed() ?? ''}`,
    grades: ['S', 'A', 'B', 'C'].map((grade) => `${grade} ${String(gradeCount(grade))}`).join(', '),
    'not applicable': report.results?.notApplicable,
    recalibrations: replayed.ofType('RecalibrationApproved').length,
    composites: report.results?.composites,
    seconds: `${seconds.toFixed(1)}; with the views ${shownSeconds.toFixed(1)}`,
  };
  process.stdout.write(`${said.join('')}${Object.entries(figures).map(([name, value]) => `${name.padEnd(16)}${String(value)}`).join('\n')}\n`);
}
