import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError, type RunCommand } from './command.js';
import { CALL, defineCommand } from './define-command.js';
import { generateExport } from './import/generate.js';
import { readCompany, readMapping } from './import/input.js';
import { proposeTargets } from './import/propose.js';

/** The mapping and company file of the examples fit every export that the generator makes. */
const EXAMPLES = 'examples/crm/';
const AGENTS_MIN = 12;
const NUMBER_MAX = 1_000_000;

const text = { type: 'string' } as const;

/** `assay seed` (`api.md`, Import of a CRM export). */
export const runSeed: RunCommand = defineCommand({
  name: 'seed',
  help: {
    usage: ['seed crm --seed <number> --out <folder> [--agents <number>] [--deals <number>]'],
    about: `Writes a made-up export of a CRM with all that a replay needs: sales_pipeline.csv, sales_teams.csv, targets.csv,
mapping.json, company.json. The same seed gives the same bytes.`,
    options: {
      '--seed N': 'what the export is made from',
      '--out FOLDER': 'where the files are written; made where it is missing',
      '--agents N': 'people who sell, at least 12; 20 where left out',
      '--deals N': 'deals; 1500 where left out',
    },
    examples: ['seed crm --seed 1 --out /tmp/crm'],
  },
  options: { seed: text, out: text, agents: text, deals: text },
  async run({ values, positionals, io }) {
    if (positionals.join(' ') !== 'crm') throw new UsageError('seed makes one thing: seed crm --seed 1 --out /tmp/crm');
    if (values.out === undefined) throw new UsageError('--out names the folder that the files are written to');
    const made = generateExport({
      seed: wholeOf('seed', values.seed, { otherwise: undefined, least: 0 }),
      agents: wholeOf('agents', values.agents, { otherwise: 20, least: AGENTS_MIN }),
      deals: wholeOf('deals', values.deals, { otherwise: 1500, least: 1 }),
    });
    const files = await writeExport(values.out, made);
    await io.out(values.json === true ? `${JSON.stringify({ folder: values.out, files })}\n` : nextCommand(values.out));
    return 0;
  },
});

/** The files of a replay in a folder; their paths. */
async function writeExport(out: string, made: Readonly<Record<string, string>>): Promise<readonly string[]> {
  await mkdir(out, { recursive: true });
  for (const [name, content] of Object.entries(made)) await writeFile(join(out, name), content);
  const files = { mapping: join(out, 'mapping.json'), company: join(out, 'company.json'), targets: join(out, 'targets.csv') };
  await copyFile(exampleFile('mapping.json'), files.mapping);
  await copyFile(exampleFile('company.json'), files.company);
  const source = { opportunities: join(out, 'sales_pipeline.csv'), people: join(out, 'sales_teams.csv'), mapping: await readMapping(files.mapping), company: await readCompany(files.company) };
  await writeFile(files.targets, (await proposeTargets(source)).file);
  return [...Object.keys(made).map((name) => join(out, name)), ...Object.values(files)];
}

/** The checkout lies above, from the sources and from `dist` alike. */
function exampleFile(name: string): URL {
  for (let folder = new URL('.', import.meta.url); folder.pathname !== '/'; folder = new URL('..', folder)) {
    const found = new URL(EXAMPLES + name, folder);
    if (existsSync(found)) return found;
  }
  throw new UsageError(`${EXAMPLES}${name} is not in this checkout; take it from the repository`);
}

function wholeOf(name: string, given: string | undefined, { otherwise, least }: { readonly otherwise: number | undefined; readonly least: number }): number {
  if (given === undefined && otherwise !== undefined) return otherwise;
  if (given === undefined || !/^\d{1,7}$/.test(given) || Number(given) < least || Number(given) > NUMBER_MAX)
    throw new UsageError(`--${name} is a whole number from ${String(least)} to ${String(NUMBER_MAX)}`);
  return Number(given);
}

const nextCommand = (out: string): string => `Written to ${out}. To replay it into a log of its own:

${CALL}import crm ${out}/sales_pipeline.csv --people ${out}/sales_teams.csv --targets ${out}/targets.csv \\
  --mapping ${out}/mapping.json --company ${out}/company.json --replay --log crm-seeded
`;
