import type { Setting, Settings } from '@assay/runtime';
import { cell, DO_NOT_EDIT } from './reference-rules.js';

const INTRO = [
  'Every setting is a variable of the environment; an empty one counts as not given. The server checks all of them when it',
  'starts and, where any will not do, names each with what it found and what is allowed, and does not start. A variable that',
  'looks as if it were meant for Assay and is read by nobody is a warning in its log.',
  '',
  'A *secret* is never shown, and may come from a file: `<NAME>_FILE` is the path of a file that holds the value alone.',
  '',
  'PostgreSQL’s own variables (`PGSSLMODE`, `PGPASSWORD` and the like) fill in what an address leaves open.',
].join('\n');

/** One table for each group of settings. */
export function configPage(groups: Readonly<Record<string, Settings>>): string {
  const parts = Object.entries(groups).map(([title, settings]) => {
    const rows = Object.entries(settings).map(([name, setting]) => `| \`${name}\`${setting.secret ? ' (secret)' : ''} | ${defaultOf(setting)} | ${cell(setting.allowed)} | ${cell(setting.doc)} |`);
    return [`## ${title}`, '', '| variable | default | allowed | what it is for |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
  });
  return [DO_NOT_EDIT, '# Configuration', '', INTRO, '', ...parts].join('\n');
}

function defaultOf({ otherwise, otherwiseText }: Setting<unknown>): string {
  if (otherwiseText !== undefined) return otherwiseText;
  return typeof otherwise === 'string' || typeof otherwise === 'number' ? `\`${String(otherwise)}\`` : 'not set';
}
