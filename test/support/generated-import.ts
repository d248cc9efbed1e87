import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompanyFile } from '../../apps/cli/src/import/company-file.js';
import { generateExport, type GenerateOptions } from '../../apps/cli/src/import/generate.js';
import { readCompany, readImport, readMapping, type ImportInput } from '../../apps/cli/src/import/input.js';
import { proposeTargets } from '../../apps/cli/src/import/propose.js';

const MAPPING = 'examples/crm/mapping.json';
const COMPANY = 'examples/crm/company.json';

/** A generated export with everything that its replay needs, as files in a folder of its own. */
export interface GeneratedImport {
  readonly input: ImportInput;
  readonly company: CompanyFile;
  remove(): Promise<void>;
}

export async function generatedImport(options: GenerateOptions): Promise<GeneratedImport> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-export-'));
  const path = (name: string): string => join(folder, name);
  for (const [name, text] of Object.entries(generateExport(options))) await writeFile(path(name), text);
  const [opportunities, people, targets] = [path('sales_pipeline.csv'), path('sales_teams.csv'), path('targets.csv')];
  const [mapping, company] = [await readMapping(MAPPING), await readCompany(COMPANY)];
  await writeFile(targets, (await proposeTargets({ opportunities, people, mapping, company })).file);
  const input = await readImport({ opportunities, people, targets, mapping: MAPPING });
  return { input, company, remove: () => rm(folder, { recursive: true, force: true }) };
}
