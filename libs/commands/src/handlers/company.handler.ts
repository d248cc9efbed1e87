import { companyCommands, decideCompany, mayCompany, sees, visibleCompany, type CompanyCommand, type CompanyEvent, type CompanyState, type CompanyWorld } from '@assay/domain';
import { companyFold } from '../folds.js';
import { companyOf, seated, standingOf } from '../gather.js';
import type { AggregateHandler } from '../handler.js';

/** Commands of the one stream `company` (`domain.md`, Company). */
export const companyHandler: AggregateHandler<CompanyState, CompanyCommand, CompanyWorld, CompanyEvent> = {
  aggregate: 'company',
  commands: companyCommands,
  fold: companyFold,
  stream: () => 'company',
  world: async (command, _state, gathering) => {
    const company = await companyOf(gathering);
    const people = await standingOf(gathering, [...peopleNamed(command), ...seated(company, gathering.today)]);
    return { ...gathering, people };
  },
  mayRead: (principal) => sees(visibleCompany(principal), {}),
  may: (principal, command) => mayCompany(principal, command),
  decide: decideCompany,
  effectiveOn: (event) => ('from' in event.data ? event.data.from : undefined),
};

function peopleNamed({ data }: CompanyCommand): readonly string[] {
  const one = 'head' in data ? data.head : 'person' in data ? data.person : 'holder' in data ? data.holder : null;
  return [...(one === null ? [] : [one]), ...('alternates' in data ? data.alternates : [])];
}
