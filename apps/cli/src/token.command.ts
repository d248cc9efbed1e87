import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoKey, serveModeOf } from '@assay/graphql';
import { UsageError, type RunCommand } from './command.js';
import { cliConfig } from './config.js';

const HELP = `Usage: npm run -s assay -- token <subject> [--log <name>]

A token of 12 hours by the demo's own key, for a subject that the log has linked to a person or an integration; the
demo's first administrator is "admin". Printed to a terminal; otherwise written to a file readable by you alone, whose
path is printed. A log in production mode takes tokens of its OIDC issuer only.
`;

/** \`assay token\` (`api.md`, Access and modes). */
export const runToken: RunCommand = async (argv, io) => {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { log: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    await io.out(HELP);
    return 0;
  }
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0) throw new UsageError('token takes one subject, e.g.: token admin');
  const { dataFolder, log } = cliConfig(values.log);
  if (serveModeOf(dataFolder, log) !== 'demo') throw new UsageError(`the log ${log} in ${dataFolder} is not a demo: its tokens come from its OIDC issuer`);
  const token = await (await demoKey(dataFolder)).sign(subject);
  if (process.stdout.isTTY) {
    await io.out(`${token}\n`);
    return 0;
  }
  const file = join(dataFolder, `token-${encodeURIComponent(subject)}`);
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await io.out(`${file}\n`);
  return 0;
};
