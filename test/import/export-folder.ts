import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryTarget, type SimulationTarget } from '@assay/runtime';
import { readCompany, readImport, readMapping } from '../../apps/cli/src/import/input.js';
import { generateExport, type GenerateOptions } from '../../apps/cli/src/import/generate.js';
import { proposeTargets } from '../../apps/cli/src/import/propose.js';
import { replay } from '../../apps/cli/src/import/replay.js';
import type { ImportReport } from '../../apps/cli/src/import/report.js';

const EXAMPLES = 'examples/crm';
/** After the last day of the example company: a replay tells of days that are over. */
const REAL_NOW = Date.UTC(2018, 5, 1);

/** The files of one import, in a folder of its own. */
export interface ExportFolder {
  readonly files: { readonly opportunities: string; readonly people: string; readonly targets: string; readonly mapping: string; readonly company: string };
  remove(): Promise<void>;
}

/** A folder with a generated export, the example mapping and company file, and proposed targets. */
export async function generatedFolder(options: GenerateOptions): Promise<ExportFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-export-'));
  for (const [name, content] of Object.entries(generateExport(options))) await writeFile(join(folder, name), content);
  return withTargets(folder, { scratch: folder, remove: () => rm(folder, { recursive: true, force: true }) });
}

/** A folder that holds an export already; the targets are proposed beside it, since nothing is written into it. */
export async function givenFolder(folder: string): Promise<ExportFolder> {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-export-'));
  return withTargets(folder, { scratch, remove: () => rm(scratch, { recursive: true, force: true }) });
}

async function withTargets(folder: string, { scratch, remove }: { readonly scratch: string; readonly remove: () => Promise<void> }): Promise<ExportFolder> {
  const files = {
    opportunities: join(folder, 'sales_pipeline.csv'),
    people: join(folder, 'sales_teams.csv'),
    targets: join(scratch, 'targets.csv'),
    mapping: join(EXAMPLES, 'mapping.json'),
    company: join(EXAMPLES, 'company.json'),
  };
  const mapping = await readMapping(files.mapping);
  await writeFile(files.targets, (await proposeTargets({ ...files, company: await readCompany(files.company), mapping })).file);
  return { files, remove };
}

/** A log in memory as a replay begins it, on a fixed real clock. */
export const emptyTarget = (): SimulationTarget =>
  memoryTarget({
    clock: () => REAL_NOW,
    onParked: (work) => {
      throw new Error(`parked: ${JSON.stringify(work)}`);
    },
  });

/** Replays a folder into a log; `signal` ends it early. */
export async function replayInto(target: SimulationTarget, { files }: ExportFolder, options: { readonly signal?: AbortSignal; readonly progress?: () => void } = {}): Promise<ImportReport> {
  const [input, company] = await Promise.all([readImport(files), readCompany(files.company)]);
  const { signal = new AbortController().signal, progress = () => undefined } = options;
  return replay(target, { input, company }, { progress, signal, dryRun: false });
}
