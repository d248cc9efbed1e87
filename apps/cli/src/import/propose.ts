import type { CompanyFile } from './company-file.js';
import { rowsOf, teamOf } from './deals.js';
import type { CrmMapping } from './mapping.js';
import { targetsFile, TargetProposal, type CyclePeriod } from './propose-targets.js';
import { plannedCycles } from './replay-world.js';

/** What targets are proposed from. */
export interface ProposalSource {
  readonly opportunities: string;
  readonly people: string;
  readonly mapping: CrmMapping;
  readonly company: CompanyFile;
}

/**
 * A targets file for an export that comes without one, by the rule of `TargetProposal`: for every cycle of the company
 * file but the years, which compose what the shorter cycles came to. `rows` are the targets in it.
 */
export async function proposeTargets({ opportunities, people, mapping, company }: ProposalSource): Promise<{ readonly file: string; readonly rows: number }> {
  const periods = plannedCycles(company)
    .filter(({ level }) => level !== 'YEAR')
    .map(({ level, code, period }): CyclePeriod => ({ cycle: `${level}-${code}`, ...period }));
  const proposal = new TargetProposal(mapping, periods);
  for await (const row of rowsOf(opportunities, mapping)) {
    if ('deal' in row) proposal.add(row.deal);
  }
  const targets = proposal.targets(await teamOf(people, mapping));
  return { file: targetsFile(targets, mapping.targets.columns), rows: targets.length };
}
