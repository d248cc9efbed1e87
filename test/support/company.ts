import { addDays, type Day } from '@assay/domain';
import { idOf, type Accepted, type Stage, type Step } from './stage.js';

/** People of the company by what they do; ids. */
export interface Company {
  readonly admin: string;
  /** Head of marketing and holder of a seat. */
  readonly director: string;
  readonly hr: string;
  readonly officer: string;
  readonly finance: string;
}
/** The one cycle of the stories; its days. */
export interface StoryCycle {
  readonly code: string;
  readonly stream: string;
  readonly from: Day;
  readonly to: Day;
}

/** Working days of grace, enough for any story that sets targets while it runs. */
const GRACE_DAYS = 60;
export const ROLE = 'SELLER';
export const UNIT = 'NORTH';
export const VALUE = 'sales_value';
export const RATE = 'win_rate';

/** Founds a company on a day: unit, people, roles, a seated committee, two metrics, and an approved quarterly scheme. */
export async function foundCompany(stage: Stage, admin: string, on: Day): Promise<Company> {
  const act = (key: string, type: string, data: Step['data']): Promise<Accepted> => stage.must({ key, by: admin, aggregate: 'company', type, data });
  const join = async (key: string, manager: string | null): Promise<string> =>
    idOf(await stage.must({ key: `join ${key}`, by: admin, aggregate: 'person', type: 'JoinPerson', data: { name: `The ${key}`, role: 'STAFF', unit: UNIT, manager, from: on } }));
  await act('lend HR', 'GrantRole', { person: admin, role: 'HR', from: on });
  await act('unit', 'DefineUnit', { code: UNIT, names: { en: 'North', zh: '北區' }, parent: null, head: null, from: on });
  const director = await join('director', null);
  const [hr, officer, finance] = [await join('hr', director), await join('officer', director), await join('finance', director)];
  const roles = { MARKETING_HEAD: director, HR: hr, FINANCE: finance };
  for (const [role, person] of Object.entries(roles)) await act(`role ${role}`, 'GrantRole', { person, role, from: on });
  await act('role officer', 'GrantRole', { person: officer, role: 'HR', from: on });
  const seats = { MARKETING_DIRECTOR: director, HR: hr, FINANCE: finance };
  for (const [seat, holder] of Object.entries(seats)) await act(`seat ${seat}`, 'FillSeat', { seat, holder, from: on });
  const company = { admin, director, hr, officer, finance };
  await defineMetrics(stage, company);
  const levels = [{ level: 'QUARTER', metrics: [{ metric: VALUE, defaults: { target: '500' } }], keyActions: [], evaluatorUnits: [] }];
  await stage.must({ key: 'template', by: officer, aggregate: 'template', type: 'PublishRoleTemplate', data: { role: ROLE, names: { en: 'Seller', zh: '銷售' }, levels } });
  await enactScheme(stage, company, on);
  return company;
}

async function defineMetrics(stage: Stage, { officer }: Company): Promise<void> {
  const metrics = [
    { code: VALUE, names: { en: 'Sales value', zh: '銷售額' }, unit: 'CNY', accumulation: 'SUM', direction: 'HIGHER' },
    { code: RATE, names: { en: 'Win rate', zh: '贏單率' }, unit: 'ratio', accumulation: 'AVERAGE', direction: 'HIGHER' },
  ];
  for (const data of metrics) await stage.must({ key: `metric ${data.code}`, by: officer, aggregate: 'metric', type: 'DefineMetric', data });
}

async function enactScheme(stage: Stage, { officer, director, finance }: Company, on: Day): Promise<void> {
  const by = officer;
  const id = idOf(await stage.must({ key: 'draft', by, aggregate: 'scheme', type: 'DraftScheme', data: { names: { en: 'Sellers', zh: '銷售' } } }));
  const proposal: Step = { key: 'propose', by, aggregate: 'scheme', type: 'ProposeSchemeVersion', id, data: { content: schemeContent() } };
  const { stream } = await stage.must(proposal);
  await stage.assent(proposal, stream, { type: 'AssentToSchemeVersion', seats: { MARKETING_DIRECTOR: director, FINANCE: finance } });
  await stage.must({ key: 'publish', by, aggregate: 'scheme', type: 'PublishSchemeVersion', id, data: { effectiveFrom: on } });
}

/** Two measured indicators and one that the superior rates. */
function schemeContent() {
  const shared = { floor: null, cap: null, knockOut: null };
  const measured = (code: string, weight: number) => ({ code, names: { en: code, zh: code }, dimension: 'RESULTS', weight, kind: 'QUANTITATIVE', metric: code, curve: { type: 'LINEAR' }, raters: [], ...shared });
  const rated = { code: 'teamwork', names: { en: 'Teamwork', zh: '協作' }, dimension: 'CONDUCT', weight: 2000, kind: 'QUALITATIVE', metric: null, curve: null, raters: ['SUPERIOR'], ...shared };
  return {
    level: 'QUARTER',
    roles: [ROLE],
    dimensions: [
      { code: 'RESULTS', names: { en: 'Results', zh: '業績' } },
      { code: 'CONDUCT', names: { en: 'Conduct', zh: '行為' } },
    ],
    evaluatorWeights: { SUPERIOR: 10_000 },
    totalCap: null,
    outcomes: { coefficients: [], promotion: null, improvementPlan: null },
    cycleWeights: null,
    indicators: [measured(VALUE, 5000), measured(RATE, 3000), rated],
    minimumSegmentDays: 0,
  };
}

/** Opens the cycle of the stories; facts are cut off some days after it, and evaluations due with them. */
export async function openCycle(stage: Stage, { officer }: Company, { code, to }: StoryCycle): Promise<void> {
  const cutOffOn = addDays(to, 7);
  const data = { level: 'QUARTER', code, cutOffOn, evaluationDueOn: cutOffOn, graceDays: GRACE_DAYS };
  await stage.must({ key: `cycle ${code}`, by: officer, aggregate: 'cycle', type: 'OpenCycle', data });
}
