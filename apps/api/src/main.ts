import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { day } from '@assay/domain';
import { demoToday, type TourLocale } from '@assay/demo';
import { ConfigError, processEnvironment, readConfig } from './config.js';
import { ServeError } from './serve.js';
import { runApplication } from './application.js';
import { modeAtStart } from './first-start.js';
import { exitCodeOf, interruption } from './interruption.js';

const REFUSALS: ReadonlySet<string> = new Set(['CONFIGURATION', 'SERVE', 'Unavailable', 'Unauthorized', 'KeyUnavailable', 'LogDiverged']);

/** One line for what the operator can mend; a stack for what only we can. */
function explained(error: unknown): string {
  const expected = error instanceof ConfigError || error instanceof ServeError || (error instanceof Error && 'code' in error && REFUSALS.has(String(error.code)));
  if (error instanceof Error) return expected ? `assay: ${error.message}` : (error.stack ?? error.message);
  return String(error);
}

const HELP = `Usage: npm start -- [--log <name>] [--empty] [--demo]

Serves a log. The first start on a folder loads a demo company, XX Tech, into the log main; that takes up to a minute.

  --log <name>   serves another log, e.g. one that an import was replayed into
  --empty        begins the log main without the demo: a company of your own on this machine's clock, with the
                 administrator "admin"; only where the log was not begun yet (npm run reset takes a demo away)
  --demo         with DATABASE_URL: begins the log main as a demo there too; a server's log is no demo otherwise

Settings are environment variables: docs/reference/config.md. Port 3000 unless PORT says otherwise.
`;

/** Whoever's terminal speaks Chinese is spoken to in Chinese. */
const localeOf = ({ LC_ALL, LC_MESSAGES, LANG }: ReturnType<typeof processEnvironment>): TourLocale => ([LC_ALL, LC_MESSAGES, LANG].find((one) => one !== undefined && one !== '')?.startsWith('zh') === true ? 'zh' : 'en');

/** Tests begin the demo on a day of theirs, which is over: no event is dated after the real now. */
function todayOf(today: string | undefined): string | null {
  if (today === undefined) return null;
  if (!day.safeParse(today).success || today >= demoToday(Date.now())) throw new ServeError('--today is for tests: a day such as 2026-08-19 that is over');
  return today;
}

const signal = interruption();
try {
  const { values } = parseArgs({ options: { log: { type: 'string' }, empty: { type: 'boolean' }, demo: { type: 'boolean' }, today: { type: 'string' }, help: { type: 'boolean', short: 'h' } }, strict: true });
  if (values.help === true) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const config = readConfig({ environment: processEnvironment(), log: values.log, modeOf: (folder, log, { server }) => modeAtStart(folder, log, { server, demo: values.demo === true }) });
  const print = (text: string): void => void process.stdout.write(text);
  await runApplication(config, { print, terminal: process.stdout.isTTY, locale: localeOf(processEnvironment()), signal }, { empty: values.empty === true, today: todayOf(values.today) });
  process.exitCode = signal.aborted ? exitCodeOf(signal, true) : 0;
} catch (error) {
  // What ends a start that was interrupted is the interruption, whichever step it met.
  if (!signal.aborted) process.stderr.write(`${explained(error)}\n`);
  process.exitCode = signal.aborted ? exitCodeOf(signal, false) : 1;
}
// Everything is closed by now; what a library left behind must not keep the process.
process.exit();
