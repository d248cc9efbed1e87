import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help, type ValuesOf } from './define-command.js';
import { readCompany, readImport, readMapping } from './import/input.js';
import { dryTarget } from './import/dry-run.js';
import { importLive } from './import/live.js';
import { memoryTarget } from '@assay/runtime';
import { Progress } from './progress.js';
import { proposeTargets } from './import/propose.js';
import { nextSteps } from './import/next-steps.js';
import { replay, type ReplayOptions } from './import/replay.js';
import { refusalsCsv, reportText, type ImportReport } from './import/report.js';
import type { LiveTarget, OpenReplayTarget } from './import/open-target.js';
import { withOpened } from './open-runtime.js';

const HELP: Help = {
  usage: [
    'import crm <opportunities> --mapping <file> [--people <teams>] [--targets <targets>] [--log <name>] [--full] [--dry-run]',
    'import crm <opportunities> --mapping <file> --people <teams> --targets <targets> --company <file> --replay --log <name>',
    'import crm <opportunities> --mapping <file> --people <teams> --company <file> --propose-targets <file>',
  ],
  about: `Imports a CRM's export: won deals as value and count, closed deals as win rate. Read again, the same file changes
nothing; a changed row restates its fact. Facts go in as the integration registered for the mapping's source, targets
as the person of ASSAY_TOKEN. Agents are found by the source accounts linked to people; unknown ones are refused.

The files are described in docs/reference/crm-mapping.schema.json and crm-company.schema.json.`,
  options: {
    '--mapping FILE': 'how the export is to be read',
    '--people FILE': 'the teams: each agent with manager and unit',
    '--targets FILE': 'a line for each agent, cycle and metric',
    '--company FILE': 'of a replay: the further people, cycles and schemes',
    '--replay': 'replays the export, with the company file’s people, into a simulated log of its own, day by day',
    '--log NAME': 'the log; ASSAY_LOG or main where left out',
    '--full': 'also retracts facts whose rows are missing from the file',
    '--dry-run': 'decides everything and records nothing. Of a replay: in memory, about 10 KB for each closed deal',
    '--refused FILE': 'writes the refused rows as CSV, with line and reason',
    '--propose-targets FILE': 'writes a targets file from the deals themselves: medians by region and cycle. That is hindsight',
  },
  examples: [
    'seed crm --seed 1 --out /tmp/crm',
    'import crm /tmp/crm/sales_pipeline.csv --mapping /tmp/crm/mapping.json --people /tmp/crm/sales_teams.csv \\\n    --targets /tmp/crm/targets.csv --company /tmp/crm/company.json --replay --log crm-seeded',
    'import crm deals.csv --mapping mapping.json --dry-run --refused refused.csv',
  ],
  exit: { 1: 'done, and one or more rows or steps were refused' },
};

interface Options {
  readonly opportunities: string;
  readonly files: { readonly mapping: string; readonly people: string | undefined; readonly targets: string | undefined; readonly company: string | undefined };
  readonly log: string | undefined;
  readonly refused: string | undefined;
  readonly proposal: string | undefined;
  readonly flags: { readonly replay: boolean; readonly dryRun: boolean; readonly full: boolean; readonly json: boolean; readonly quiet: boolean };
}

const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
const FILES = { people: text, targets: text, mapping: text, company: text, refused: text, 'propose-targets': text } as const;
const OPTIONS = { ...FILES, replay: flag, 'dry-run': flag, full: flag, log: text } as const;

/** `assay import` (`api.md`, Import of a CRM export). */
export const runImport: RunCommand = defineCommand({
  name: 'import',
  help: HELP,
  options: OPTIONS,
  async run({ values, positionals, io }) {
    const options = optionsOf(values, positionals);
    if (options.proposal !== undefined) return propose(options, options.proposal, io);
    return options.flags.replay ? runReplay(options, io) : tell(await runLive(options, io), options, io);
  },
});

type Values = ValuesOf<typeof OPTIONS>;

function optionsOf(values: Values, [kind, opportunities, ...more]: readonly string[]): Options {
  if (kind !== 'crm') throw new UsageError('import takes crm and a file: import crm opportunities.csv --mapping mapping.json; see import --help');
  if (opportunities === undefined || more.length > 0) throw new UsageError('import crm takes one opportunities file; see import --help');
  const { mapping, people, targets, company } = values;
  if (mapping === undefined) throw new UsageError('--mapping says how the export is to be read; take examples/crm/mapping.json to begin with');
  refuseCombinations(values);
  const missing = [opportunities, mapping, people, company, targets].find((file) => file !== undefined && !existsSync(file));
  if (missing !== undefined) throw new UsageError(`there is no file ${missing}; paths are read from the folder you are in`);
  const { replay: replaying = false, 'dry-run': dryRun = false, full = false, json = false, quiet = false } = values;
  const flags = { replay: replaying, dryRun, full, json, quiet };
  return { opportunities, files: { mapping, people, targets, company }, log: values.log, refused: values.refused, proposal: values['propose-targets'], flags };
}

function refuseCombinations({ people, targets, company, log, replay: replaying, full, ...values }: Values): void {
  const proposing = values['propose-targets'] !== undefined;
  if (replaying !== true && !proposing) {
    if (company !== undefined) throw new UsageError('--company is for a replay; add --replay and --log, or leave it out');
    return;
  }
  demand({ '--people': people, '--company': company, ...(proposing ? {} : { '--targets': targets }) }, proposing ? '--propose-targets' : '--replay');
  if (proposing) return;
  if (full === true) throw new UsageError('--full is for a log that held an earlier export, and a replay begins with none; leave it out');
  if (log === undefined && values['dry-run'] !== true) throw new UsageError('--replay needs a log of its own; add e.g. --log crm-2017');
}

const REMEDIES: Readonly<Record<string, string>> = {
  '--people': 'the teams file, with each agent’s manager and unit',
  '--company': 'the further people, cycles and schemes; take examples/crm/company.json to begin with',
  '--targets': 'a line for each agent, cycle and metric; --propose-targets FILE writes one from the deals themselves',
};

function demand(needed: Readonly<Record<string, string | undefined>>, by: string): void {
  const [missing] = Object.keys(needed).filter((name) => needed[name] === undefined);
  if (missing !== undefined) throw new UsageError(`${by} needs ${missing}: ${REMEDIES[missing] ?? ''}`);
}

async function propose({ opportunities, files, flags }: Options, file: string, io: Io): Promise<ExitCode> {
  const [mapping, company] = [await readMapping(files.mapping), await readCompany(files.company ?? '')];
  const proposed = await proposeTargets({ opportunities, people: files.people ?? '', mapping, company });
  await writeFile(file, proposed.file);
  const told = `${String(proposed.rows)} targets written to ${file}; they are hindsight, proposed from the same deals that they are measured by.`;
  await io.out(flags.json ? `${JSON.stringify({ targets: proposed.rows, file, hindsight: true })}\n` : `${told}\n`);
  return 0;
}

async function runReplay(options: Options, io: Io): Promise<ExitCode> {
  const { opportunities, files, flags, log } = options;
  const [input, company] = [await readImport({ opportunities, ...files }), await readCompany(files.company ?? '')];
  const progress = new Progress(io, { quiet: flags.quiet, clock: Date.now });
  const told: ReplayOptions['progress'] = ({ day, label, facts }) => progress.say(`${day}  ${label}, ${String(facts)} facts so far`);
  const opening = { signal: io.signal, open: async () => (flags.dryRun ? inMemory(io) : inDatabase(options, io)), close: ({ close }: OpenReplayTarget) => close() };
  return withOpened(opening, async ({ target, show }) => {
    const report = await replay(target, { input, company }, { progress: told, signal: io.signal, dryRun: flags.dryRun });
    progress.end();
    await show();
    const code = await tell(report, options, io);
    if (!flags.dryRun && !flags.json) await io.out(nextSteps(log ?? '', company));
    return code;
  }).finally(() => progress.end());
}

const nothing = (): Promise<void> => Promise.resolve();

function inMemory(io: Io): OpenReplayTarget {
  const onParked = ({ key, command, code }: { readonly key: string; readonly command: string; readonly code: string }): void => io.err(`assay: ${command} of ${key} was refused with ${code}\n`);
  return { target: memoryTarget({ clock: Date.now, onParked }), show: nothing, close: nothing };
}

async function inDatabase({ log, flags }: Options, io: Io): Promise<OpenReplayTarget> {
  // Loaded only where a database is needed: a dry run and a proposal are not.
  const { openReplayTarget } = await import('./import/open-target.js');
  return openReplayTarget(cliConfig(log), io, { quiet: flags.quiet, signal: io.signal });
}

async function runLive(options: Options, io: Io): Promise<ImportReport> {
  const { opportunities, files, flags, log } = options;
  const input = await readImport({ opportunities, ...files });
  const { openLiveTarget } = await import('./import/open-target.js');
  const progress = new Progress(io, { quiet: flags.quiet, clock: Date.now });
  const opening = { signal: io.signal, open: () => openLiveTarget(cliConfig(log), io, { quiet: flags.quiet, signal: io.signal }), close: ({ close }: LiveTarget) => close() };
  return withOpened(opening, async ({ target, person }) =>
    importLive(flags.dryRun ? await dryTarget(target) : target, input, {
      ...{ full: flags.full, dryRun: flags.dryRun, signal: io.signal, person: await person() },
      progress: ({ label, done, of }) => progress.bar(label, { done, of }),
    }),
  ).finally(() => progress.end());
}

async function tell(report: ImportReport, { refused, flags }: Options, io: Io): Promise<ExitCode> {
  if (refused !== undefined) await writeFile(refused, refusalsCsv(report.refusals));
  await io.out(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.refusals.length + report.refusedSteps.length > 0 ? 1 : 0;
}
