import { derivedId } from '@assay/commands';
import { appraisalKey, addDays, sha256Hex, targetKey, uuidV5, type Day } from '@assay/domain';
import { RATE, ROLE, UNIT, VALUE, type Company, type StoryCycle } from './company.js';
import type { Step } from './stage.js';

/** What every writer of a load knows. */
export interface LoadWorld {
  readonly logId: string;
  readonly company: Company;
  readonly cycle: StoryCycle;
  /** The log's day. */
  readonly today: Day;
}
/** A command of a load and how many events it makes. */
export interface LoadStep extends Step {
  readonly events: number;
}

/** What a lap's commands name; ids follow from the commands that create. */
interface Lap {
  readonly name: string;
  readonly lead: string;
  readonly agent: string;
  readonly goal: string;
  readonly appraisal: string;
  readonly recalibration: string;
  readonly target: (metric: string) => string;
}

/**
 * The nth command of a writer: a team lap after lap, from its people to a rated appraisal. It follows from its arguments
 * alone, so whoever comes after a crash says the very same command again.
 */
export function loadStep(world: LoadWorld, writer: number, n: number): LoadStep {
  const lap = Math.floor(n / LAP_STEPS);
  return lapSteps(world, lapOf(world, `${writer}-${lap}`))[n % LAP_STEPS] ?? unreachable(n);
}

function unreachable(n: number): never {
  throw new Error(`no step ${n}`);
}

function lapOf({ logId, company, cycle, today }: LoadWorld, name: string): Lap {
  const made = (by: string, key: string): string => derivedId(logId, [by, uuidV5(logId, `${name} ${key}`)]);
  const [lead, agent] = [made(company.officer, 'lead'), made(company.officer, 'agent')];
  return {
    name,
    lead,
    agent,
    recalibration: made(lead, 'moved'),
    goal: made(company.hr, 'goal'),
    appraisal: derivedId(logId, appraisalKey({ personId: agent, cycle: cycle.stream, segmentFrom: today })),
    target: (metric) => derivedId(logId, targetKey({ owner: agent, role: ROLE, unit: UNIT, metric, cycle: cycle.stream })),
  };
}

const lapSteps = (world: LoadWorld, lap: Lap): readonly LoadStep[] => [...peopleSteps(world, lap), ...aimSteps(world, lap), ...factSteps(world, lap), ...workSteps(lap), ...marketSteps(world, lap)];

function peopleSteps({ company, today }: LoadWorld, { name, lead, agent }: Lap): readonly LoadStep[] {
  const place = { unit: UNIT, from: today };
  return [
    { key: `${name} lead`, by: company.officer, aggregate: 'person', type: 'JoinPerson', data: { name: `Lead ${name}`, role: 'LEAD', manager: company.director, ...place }, events: 1 },
    { key: `${name} agent`, by: company.officer, aggregate: 'person', type: 'JoinPerson', data: { name: `Seller ${name}`, role: ROLE, manager: lead, ...place }, events: 1 },
    { key: `${name} identity`, by: company.admin, aggregate: 'person', type: 'LinkIdentity', id: agent, data: { issuer: 'test', subject: `seller-${name}` }, events: 1 },
    { key: `${name} account`, by: company.officer, aggregate: 'person', type: 'LinkSourceAccount', id: agent, data: { source: 'crm', accountKey: name }, events: 1 },
  ];
}

/** The appraisal is opened first: the process manager must take the targets up. */
function aimSteps({ company, cycle, today }: LoadWorld, { name, lead, agent, goal }: Lap): readonly LoadStep[] {
  const { from, to, stream } = cycle;
  const aim = { owner: agent, role: ROLE, unit: UNIT, goal, cycle: stream };
  const visits = [{ code: 'visit', names: { en: 'Visits', zh: '拜訪' }, planned: 10, dueOn: to }];
  const content = { names: { en: `Goal ${name}`, zh: '目標' }, parent: null, metric: VALUE, unit: UNIT, value: '500', period: { from, to }, toleranceBasisPoints: 0 };
  return [
    { key: `${name} goal`, by: company.hr, aggregate: 'goal', type: 'SetGoal', data: content, events: 1 },
    { key: `${name} appraisal`, by: company.officer, aggregate: 'appraisal', type: 'OpenAppraisal', data: { personId: agent, cycle: stream, segmentFrom: today }, events: 1 },
    { key: `${name} value`, by: lead, aggregate: 'target', type: 'SetTarget', data: { ...aim, metric: VALUE, quantities: { target: '500' }, keyActions: visits }, events: 1 },
    { key: `${name} rate`, by: lead, aggregate: 'target', type: 'SetTarget', data: { ...aim, metric: RATE, quantities: { target: '0.6' } }, events: 1 },
  ];
}

function factSteps({ company, today }: LoadWorld, { name, agent }: Lap): readonly LoadStep[] {
  const { finance, director } = company;
  const fact = (factId: string, value: string) => ({ source: 'crm', factId, occurredOn: today, value, evidence: sha256Hex(factId) });
  const values = (owner: string) => ({ owner, metric: VALUE });
  const deals = Array.from({ length: 5 }, (_, index) => fact(`${name}-deal-${index}`, `${(index + 1) * 37}.25`));
  const rates = Array.from({ length: 3 }, (_, index) => fact(`${name}-rate-${index}`, `0.${index + 4}`));
  const yesterday = addDays(today, -1);
  return [
    { key: `${name} deals`, by: finance, aggregate: 'facts', type: 'RecordFacts', data: { ...values(agent), facts: deals }, events: 5 },
    { key: `${name} rates`, by: finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: agent, metric: RATE, facts: rates }, events: 3 },
    { key: `${name} restated`, by: finance, aggregate: 'facts', type: 'RestateFact', data: { ...values(agent), ...fact(`${name}-deal-0`, '41.5'), revision: 2 }, reason: 'The invoice was corrected.', events: 1 },
    { key: `${name} retracted`, by: finance, aggregate: 'facts', type: 'RetractFact', data: { ...values(agent), source: 'crm', factId: `${name}-deal-4` }, reason: 'The order was cancelled.', events: 1 },
    { key: `${name} reported`, by: finance, aggregate: 'facts', type: 'ReportPeriod', data: { ...values(agent), source: 'crm', from: yesterday, to: yesterday, delivery: sha256Hex(name) }, events: 1 },
    // One stream that every writer writes to, so that revisions conflict and decisions are made again.
    { key: `${name} shared`, by: finance, aggregate: 'facts', type: 'RecordFacts', data: { ...values(director), facts: [fact(`${name}-shared`, '1')] }, events: 1 },
  ];
}

function workSteps({ name, lead, agent, appraisal, target }: Lap): readonly LoadStep[] {
  const evidence = sha256Hex(`${name} evidence`);
  const file = { name: 'Letter of a customer', mediaType: 'application/pdf', sizeBytes: 1024, sha256: evidence, location: 'the archive' };
  const evaluation = { kind: 'SUPERIOR', ratings: [{ indicator: 'teamwork', value: '82.5' }], comment: 'Helps the others.' };
  return [
    { key: `${name} visited`, by: agent, aggregate: 'target', type: 'RecordKeyAction', id: target(VALUE), data: { keyAction: 'visit', count: 3, evidence }, events: 1 },
    { key: `${name} confirmed`, by: lead, aggregate: 'target', type: 'ConfirmKeyAction', id: target(VALUE), data: { keyAction: 'visit', count: 2 }, events: 1 },
    { key: `${name} changed`, by: lead, aggregate: 'target', type: 'ChangeTarget', id: target(VALUE), data: { quantities: { target: '450' } }, reason: 'A shop closed.', events: 1 },
    { key: `${name} evidence`, by: agent, aggregate: 'appraisal', type: 'SubmitEvidence', id: appraisal, data: file, events: 1 },
    { key: `${name} rated`, by: lead, aggregate: 'appraisal', type: 'SubmitEvaluation', id: appraisal, data: evaluation, events: 2 },
  ];
}

/** The market moves: three decide in the cycle's own stream, and a process manager takes it to the target. */
function marketSteps({ company, cycle, today }: LoadWorld, { name, lead, agent, recalibration, target }: Lap): readonly LoadStep[] {
  const shared = { aggregate: 'cycle', id: cycle.stream.slice('cycle-'.length) } as const;
  const adjust = [{ target: target(VALUE), mode: 'PRORATE', from: today, quantities: { target: '480' } }];
  const feedback = { recalibration, agrees: true, comment: 'It is what the street says too.' };
  return [
    { key: `${name} moved`, by: lead, ...shared, type: 'RequestRecalibration', data: { adjust, trigger: 'COMPETITOR_MOVE' }, reason: 'A competitor left.', events: 1 },
    { key: `${name} heard`, by: agent, ...shared, type: 'GiveFeedback', data: feedback, events: 2 },
    { key: `${name} approved`, by: company.director, ...shared, type: 'ApproveRecalibration', data: { recalibration }, reason: 'The data bear it out.', events: 1 },
  ];
}

const LAP_STEPS = 22;
