import { parseArgs } from 'node:util';
import { openLog } from '@assay/runtime';
import { UsageError, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { runtimeOf } from './open-runtime.js';

const HELP = `Usage: npm run -s assay -- open --log <name> --name <company> --time-zone <zone> --issuer <issuer> --admin <subject>
                              [--first-month <1-12>]

Opens a log on the real clock with its first event. The administrator is who the issuer's tokens name by that subject.
`;

/** `assay open` (`architecture.md`, The log port): production does not start without. */
export const runOpen: RunCommand = async (argv, io) => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...argv], options: { log: text, name: text, 'time-zone': text, issuer: text, admin: text, 'first-month': text, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    await io.out(HELP);
    return 0;
  }
  const opening = openingOf(values);
  const config = cliConfig(values.log);
  const runtime = await runtimeOf(config, io);
  try {
    if ((await runtime.company()).status !== 'ABSENT') throw new UsageError(`the log ${config.log} is open already`);
    const { adminId } = await openLog(runtime, opening);
    await io.out(`${JSON.stringify({ log: config.log, logId: runtime.logId, adminId })}\n`);
    return 0;
  } finally {
    await runtime.close();
  }
};

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
