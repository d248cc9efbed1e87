import { addDays } from '@assay/domain';
import { ISSUER, type GraphqlApp } from './graphql-app.js';
import { idOf, Stage, type Step } from './stage.js';

/** Days of the story, in Shanghai. */
export const FOUNDED_ON = '2026-06-15';
export const QUARTER = { code: '2026Q3', stream: 'cycle-QUARTER-2026Q3', from: '2026-07-01', to: '2026-09-30' } as const;
const DUE_ON = addDays(QUARTER.to, 8);

/** The people by what they do; the subject of each one's tokens is the same word. */
export const PEOPLE = ['director', 'hr', 'finance', 'treasurer', 'auditor', 'lead', 'seller', 'peer', 'other'] as const;
export type Member = (typeof PEOPLE)[number] | 'admin';

/** A small company with one target, one running appraisal and one rating in it that is sealed. */
export interface Team {
  readonly stage: Stage;
  readonly id: Readonly<Record<Member, string>>;
  readonly goal: string;
  readonly target: string;
  readonly scheme: string;
  readonly appraisal: string;
}
/** What nobody but its author may read before the unsealing. */
export const SECRET = { rating: '73.25', comment: 'A sealed opinion.' } as const;

/** Founds the company of the story by ordinary commands, and brings it to the first rating. */
export async function foundTeam(app: Pick<GraphqlApp, 'runtime' | 'simulated'>): Promise<Team> {
  const { runtime, simulated } = app;
  const stage = new Stage({
    logId: runtime.logId,
    execute: (message) => simulated.simulation.execute(message),
    principalOf: (person) => runtime.principals.of(person, simulated.simulation.now),
    readStream: (stream) => runtime.store.readStream(stream),
  });
  const id = await directory(stage, simulated.adminId);
  await committee(stage, id);
  const scheme = await aims(stage, id);
  const goal = idOf(await stage.must({ key: 'goal', by: id.director, aggregate: 'goal', type: 'SetGoal', data: { names: { en: 'Revenue', zh: '营收' }, parent: null, metric: 'sales', unit: 'EAST', value: '1000', period: { from: QUARTER.from, to: QUARTER.to }, toleranceBasisPoints: 500 } }));
  const content = { owner: id.seller, role: 'SELLER', unit: 'EAST', goal, metric: 'sales', cycle: QUARTER.stream, quantities: { target: '400' }, phases: [{ code: 'presale', names: { en: 'Pre-sale', zh: '预售' }, from: QUARTER.from, to: '2026-07-31', order: 1, plannedShare: 4000 }] };
  const target = idOf(await stage.must({ key: 'target', by: id.lead, aggregate: 'target', type: 'SetTarget', data: content }));
  const evaluators = [{ kind: 'CROSS_DEPARTMENT', evaluatorId: id.peer }];
  const appraisal = idOf(await stage.must({ key: 'appraisal', by: id.hr, aggregate: 'appraisal', type: 'OpenAppraisal', data: { personId: id.seller, cycle: QUARTER.stream, segmentFrom: QUARTER.from, evaluators } }));
  const ratings = [{ indicator: 'teamwork', value: SECRET.rating }];
  await stage.must({ key: 'rated', by: id.lead, aggregate: 'appraisal', type: 'SubmitEvaluation', id: appraisal, data: { kind: 'SUPERIOR', ratings, comment: SECRET.comment } });
  await simulated.simulation.settle();
  return { stage, id, goal, target, scheme, appraisal };
}

async function directory(stage: Stage, admin: string): Promise<Team['id']> {
  const company = (key: string, type: string, data: Step['data']) => stage.must({ key, by: admin, aggregate: 'company', type, data });
  const from = FOUNDED_ON;
  await company('hr for a start', 'GrantRole', { person: admin, role: 'HR', from });
  for (const code of ['EAST', 'WEST']) await company(`unit ${code}`, 'DefineUnit', { code, names: { en: code, zh: code }, parent: null, head: null, from });
  const id: Record<string, string> = { admin };
  const places: Readonly<Record<(typeof PEOPLE)[number], readonly [role: string, unit: string, manager: string | null]>> = {
    director: ['DIRECTOR', 'EAST', null],
    hr: ['STAFF', 'EAST', 'director'],
    finance: ['STAFF', 'EAST', 'director'],
    treasurer: ['STAFF', 'EAST', 'director'],
    auditor: ['STAFF', 'EAST', null],
    lead: ['LEAD', 'EAST', 'director'],
    seller: ['SELLER', 'EAST', 'lead'],
    peer: ['STAFF', 'WEST', 'director'],
    other: ['SELLER', 'WEST', 'director'],
  };
  for (const name of PEOPLE) {
    const [role, unit, manager] = places[name];
    const data = { name: `Person ${name}`, role, unit, manager: manager === null ? null : (id[manager] ?? null), from };
    id[name] = idOf(await stage.must({ key: `join ${name}`, by: admin, aggregate: 'person', type: 'JoinPerson', data }));
    await stage.must({ key: `identity ${name}`, by: admin, aggregate: 'person', type: 'LinkIdentity', id: id[name], data: { issuer: ISSUER, subject: name } });
  }
  const roles = { MARKETING_HEAD: 'director', HR: 'hr', FINANCE: 'finance', AUDITOR: 'auditor' };
  for (const [role, name] of Object.entries(roles)) await company(`role ${role}`, 'GrantRole', { person: id[name], role, from });
  await company('hr no longer', 'RevokeRole', { person: admin, role: 'HR', from: addDays(from, 1) });
  // Every name above was given an id.
  return id as Team['id'];
}

async function committee(stage: Stage, id: Team['id']): Promise<void> {
  const seats = { MARKETING_DIRECTOR: id.director, HR: id.hr, FINANCE: id.treasurer };
  for (const [seat, holder] of Object.entries(seats)) await stage.must({ key: `seat ${seat}`, by: id.admin, aggregate: 'company', type: 'FillSeat', data: { seat, holder, from: FOUNDED_ON } });
}

/** Two metrics, a scheme in force, and the open quarter. */
async function aims(stage: Stage, id: Team['id']): Promise<string> {
  const metric = (code: string) => ({ code, names: { en: code, zh: code }, unit: 'CNY', accumulation: 'SUM', direction: 'HIGHER' });
  for (const code of ['sales', 'visits']) await stage.must({ key: `metric ${code}`, by: id.hr, aggregate: 'metric', type: 'DefineMetric', data: metric(code) });
  const scheme = idOf(await stage.must({ key: 'draft', by: id.hr, aggregate: 'scheme', type: 'DraftScheme', data: { names: { en: 'Sellers', zh: '销售' } } }));
  const proposal: Step = { key: 'propose', by: id.hr, aggregate: 'scheme', type: 'ProposeSchemeVersion', id: scheme, data: { content: schemeContent() } };
  const { stream } = await stage.must(proposal);
  await stage.assent(proposal, stream, { type: 'AssentToSchemeVersion', seats: { MARKETING_DIRECTOR: id.director, FINANCE: id.treasurer } });
  await stage.must({ key: 'publish', by: id.hr, aggregate: 'scheme', type: 'PublishSchemeVersion', id: scheme, data: { effectiveFrom: FOUNDED_ON } });
  const cycle = { level: 'QUARTER', code: QUARTER.code, cutOffOn: DUE_ON, evaluationDueOn: DUE_ON };
  await stage.must({ key: 'cycle', by: id.hr, aggregate: 'cycle', type: 'OpenCycle', data: cycle });
  return scheme;
}

function schemeContent() {
  const shared = { names: { en: 'x', zh: 'x' }, floor: null, cap: null, knockOut: null };
  const dimension = (code: string) => ({ code, names: { en: code, zh: code } });
  return {
    level: 'QUARTER',
    roles: ['SELLER'],
    dimensions: [dimension('RESULTS'), dimension('CONDUCT')],
    evaluatorWeights: { SELF: 2000, SUPERIOR: 6000, CROSS_DEPARTMENT: 2000 },
    totalCap: null,
    outcomes: { coefficients: [], promotion: null, improvementPlan: null },
    cycleWeights: null,
    indicators: [
      { code: 'sales', dimension: 'RESULTS', weight: 6000, kind: 'QUANTITATIVE', metric: 'sales', curve: { type: 'LINEAR' }, raters: [], ...shared },
      { code: 'teamwork', dimension: 'CONDUCT', weight: 4000, kind: 'QUALITATIVE', metric: null, curve: null, raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'], ...shared },
    ],
    minimumSegmentDays: 0,
  };
}
