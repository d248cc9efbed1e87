import type { Rule } from '@assay/domain';

/** Heads every generated page. */
export const DO_NOT_EDIT = '<!-- Generated from the code. Do not edit; run npm run docs. -->';

const GUARDS: Readonly<Record<Rule['guard'], string>> = {
  stream: 'the expected revision of the stream guards it',
  key: 'the id of the stream follows from what must be unique',
  basis: 'checked at a basis that the event records',
  input: 'the command alone decides',
};

/** One table per section of the domain, rules in the order in which they are declared. */
export function rulesPage(rules: Readonly<Record<string, Rule>>): string {
  const sections = [...new Set(Object.values(rules).map(({ section }) => section))];
  const parts = sections.map((section) => {
    const rows = Object.entries(rules).filter(([, rule]) => rule.section === section);
    const lines = rows.map(([code, { guard, en, zh }]) => `| \`${code}\` | ${guard} | ${cell(en)} | ${cell(zh)} |`);
    return [`## ${section}`, '', '| code | guard | in words | 中文 |', '| --- | --- | --- | --- |', ...lines, ''].join('\n');
  });
  const guards = Object.entries(GUARDS).map(([guard, meaning]) => `- \`${guard}\`: ${meaning}.`);
  const intro = `A command that breaks a rule is refused with its code. ${Object.keys(rules).length} rules; match on the code, never on the words.`;
  return [DO_NOT_EDIT, '# Rules', '', intro, '', ...guards, '', ...parts].join('\n');
}

/** What a cell of a table may hold. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
