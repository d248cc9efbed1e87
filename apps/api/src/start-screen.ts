import { demoKey } from '@assay/graphql';
import type { Config } from './config.js';
const DEMO_ADMIN = 'admin';

/** What a start says: where to look, and how to ask, in under a screen. A token is printed to a terminal only. */
export async function startScreen({ mode, log }: Config, url: string): Promise<string> {
  const lines = [
    '',
    `Assay serves the log ${log.name} (${mode}).`,
    '',
    `  GraphQL   ${url}/graphql${mode === 'demo' ? '   (GraphiQL in a browser)' : ''}`,
    `  Health    ${url}/health/live   ${url}/health/ready`,
    `  Metrics   ${url}/metrics`,
  ];
  if (mode === 'demo') lines.push('', ...(await tokenLines(log.dataFolder, log.name)));
  return `${[...lines, '', 'Ctrl-C ends it.', ''].join('\n')}\n`;
}

async function tokenLines(dataFolder: string, name: string): Promise<readonly string[]> {
  const other = `npm run -s assay -- token <subject>${name === 'main' ? '' : ` --log ${name}`}`;
  if (!process.stdout.isTTY) return [`  Tokens    ${other}`];
  const token = await (await demoKey(dataFolder)).sign(DEMO_ADMIN);
  return [`  Token     of the subject ${DEMO_ADMIN}, for 12 hours; others: ${other}`, '', `  Authorization: Bearer ${token}`];
}
