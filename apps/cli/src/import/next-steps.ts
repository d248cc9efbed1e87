import type { CompanyFile } from './company-file.js';
import { unitCode } from './replay-world.js';

/**
 * Three queries to try on a replayed log: who came to what, why a score is what it is, and what moved it. The second and
 * third take an id from the first.
 */
export function replayQueries({ cycles, recalibrations }: Pick<CompanyFile, 'cycles' | 'recalibrations'>): readonly string[] {
  const [moved] = recalibrations;
  const shown = moved?.cycle ?? cycles.filter(({ level }) => level !== 'YEAR').map(({ level, code }) => `${level}-${code}`)[0] ?? '';
  const unit = moved === undefined ? '' : `, unit: "${unitCode(moved.unit)}"`;
  return [
    `{ appraisals(first: 5, orderBy: TOTAL_DESC, filter: { cycle: "cycle-${shown}"${unit} }) { nodes { id subject { name } total grade status } } }`,
    '{ explainScore(appraisal: "<id>", revision: 1) { subjectName text } }',
    '{ scoreHistory(appraisal: "<id>", last: 20) { nodes { recordedAt eventType reason before { total } after { total } } } }',
  ];
}

/** What to do with a replayed log. */
export function nextSteps(log: string, company: CompanyFile): string {
  const [results, why, history] = replayQueries(company);
  return `
Serve it:    npm start -- --log ${log}
Read as HR:  npm run -s assay -- token ${company.results.by} --log ${log}

Then at /graphql, with that token as bearer:

# Who came to what where the market moved
${results ?? ''}

# Why: the derivation down to single events, with an id from above
${why ?? ''}

# What moved it, event by event
${history ?? ''}
`;
}
