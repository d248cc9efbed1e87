import { openLog } from '@assay/runtime';
import { UsageError, type ExitCode, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand } from './define-command.js';
import { withRuntime } from './open-runtime.js';

const text = { type: 'string' } as const;

/** `assay open` (`architecture.md`, The log port): production does not start without. */
export const runOpen: RunCommand = defineCommand({
  name: 'open',
  help: {
    usage: ['open --log <name> --name <company> --time-zone <zone> --issuer <issuer> --admin <subject> [--first-month <1-12>]'],
    about: 'Opens a log on the real clock with its first event, and prints its id and that of its administrator as JSON.',
    options: {
      '--log NAME': 'the log; ASSAY_LOG or main where left out',
      '--name NAME': 'the company',
      '--time-zone ZONE': 'its IANA time zone, in which days and quarters are reckoned',
      '--issuer ISSUER': 'who issues the tokens, as they name it',
      '--admin SUBJECT': 'the first administrator, as the issuer’s tokens name them',
      '--first-month N': 'month in which the business year begins; 1 where left out',
    },
    examples: ['open --log main --name "XX Tech" --time-zone Asia/Shanghai --issuer https://id.example --admin alice'],
  },
  options: { log: text, name: text, 'time-zone': text, issuer: text, admin: text, 'first-month': text },
  async run({ values, positionals, io }) {
    if (positionals.length > 0) throw new UsageError('open takes options only; see open --help');
    const opening = openingOf(values);
    const config = cliConfig(values.log);
    return withRuntime({ config, io, quiet: values.quiet === true }, async (runtime): Promise<ExitCode> => {
      if ((await runtime.company()).status !== 'ABSENT') throw new UsageError(`the log ${config.log} is open already`);
      const { adminId } = await openLog(runtime, opening);
      await io.out(`${JSON.stringify({ log: config.log, logId: runtime.logId, adminId })}\n`);
      return 0;
    });
  },
});

function openingOf(values: Readonly<Record<string, string | boolean | undefined>>) {
  const given = (name: string): string => {
    const value = values[name];
    if (typeof value !== 'string' || value === '') throw new UsageError(`open needs --${name}; see open --help`);
    return value;
  };
  const businessYearFirstMonth = Number(values['first-month'] ?? 1);
  if (!Number.isInteger(businessYearFirstMonth) || businessYearFirstMonth < 1 || businessYearFirstMonth > 12) throw new UsageError('--first-month is 1 to 12');
  const timeZone = given('time-zone');
  if (!isZone(timeZone)) throw new UsageError(`--time-zone ${timeZone} is no IANA time zone; e.g. Asia/Shanghai`);
  return { name: given('name'), timeZone, businessYearFirstMonth, admin: { issuer: given('issuer'), subject: given('admin') } };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
