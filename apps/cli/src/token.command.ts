import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demoKey, serveModeOf } from '@assay/graphql';
import { UsageError, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand } from './define-command.js';

/** `assay token` (`api.md`, Access and modes). */
export const runToken: RunCommand = defineCommand({
  name: 'token',
  help: {
    usage: ['token <subject> [--log <name>]'],
    about: `A token of 12 hours by the demo's own key, for a subject that the log has linked to a person or an integration; the
demo's first administrator is "admin". Printed to a terminal; otherwise written to a file readable by you alone, whose
path is printed. A log in production mode takes tokens of its OIDC issuer only.`,
    options: { '--log NAME': 'the log; ASSAY_LOG or main where left out' },
    examples: ['token admin', 'token hr --log crm-2017'],
  },
  options: { log: { type: 'string' } },
  async run({ values, positionals, io }) {
    const [subject, ...more] = positionals;
    if (subject === undefined || more.length > 0) throw new UsageError('token takes one subject, e.g.: token admin');
    const { dataFolder, log } = cliConfig(values.log);
    if (serveModeOf(dataFolder, log) !== 'demo') throw new UsageError(`the log ${log} in ${dataFolder} is not a demo: its tokens come from its OIDC issuer`);
    const token = await (await demoKey(dataFolder)).sign(subject);
    if (process.stdout.isTTY) {
      await io.out(values.json === true ? `${JSON.stringify({ token })}\n` : `${token}\n`);
      return 0;
    }
    const file = join(dataFolder, `token-${encodeURIComponent(subject)}`);
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    await io.out(values.json === true ? `${JSON.stringify({ file })}\n` : `${file}\n`);
    return 0;
  },
});
