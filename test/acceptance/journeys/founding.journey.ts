import { ISSUER, type TestEngine } from '../../support/graphql-app.js';
import { Journey } from '../../support/journey.js';

/** XX Tech, the company of the source document's case (§4), as its people found it on this day. */
export const FOUNDED_ON = '2024-12-01';
export const QUARTER = { code: '2025Q1', stream: 'cycle-QUARTER-2025Q1', from: '2025-01-01', to: '2025-03-31', cutOffOn: '2025-04-08' } as const;
export const MONTH = { code: '2025-05', stream: 'cycle-MONTH-2025-05', from: '2025-05-01' } as const;
export const YEAR = { code: '2025', stream: 'cycle-YEAR-2025', from: '2025-01-01' } as const;

const MEMBERS = {
  director: ['DIRECTOR', 'HQ', null],
  hr: ['STAFF', 'HQ', 'director'],
  finance: ['STAFF', 'HQ', 'director'],
  auditor: ['STAFF', 'HQ', null],
  lead: ['LEAD', 'SALES', 'director'],
  li: ['SALES', 'SALES', 'lead'],
  wang: ['SALES', 'SALES', 'lead'],
  zhao: ['MARKETING', 'MARKETING', 'director'],
  peer: ['STAFF', 'PRODUCT', 'director'],
} as const;
export type Name = keyof typeof MEMBERS;

/** What a journey needs of the company: ids by name, and what was made of them since. */
export interface XxTech {
  readonly journey: Journey;
  /** Ids of people. */
  readonly id: Readonly<Record<string, string>>;
  /** Ids of goals, by metric; opaque ids of targets, by metric and owner; of schemes, by level; of appraisals, by level and owner. */
  readonly goals: Record<string, string>;
  readonly targets: Record<string, string>;
  readonly schemes: Record<string, string>;
  readonly appraisals: Record<string, string>;
}

const METRICS = [
  ['revenue', 'CNY', 'SUM', 'HIGHER', '销售额'],
  ['new_customers', 'customers', 'SUM', 'HIGHER', '新客数'],
  ['order_value', 'CNY', 'AVERAGE', 'HIGHER', '客单价'],
  ['retention', 'ratio', 'LATEST', 'HIGHER', '留存率'],
  ['lead_conversion', 'ratio', 'LATEST', 'HIGHER', '线索转化率'],
  ['white_papers', 'papers', 'SUM', 'HIGHER', '白皮书'],
  ['acquisition_cost', 'CNY', 'AVERAGE', 'LOWER', '获客成本'],
  ['terminals', 'terminals', 'LATEST', 'HIGHER', '终端数'],
] as const;

/** Founds the company by GraphQL alone: people with their identities, rights and seats, the CRM, and what is measured. */
export async function foundXxTech(engine?: TestEngine): Promise<XxTech> {
  const journey = await Journey.begin('XX Tech', FOUNDED_ON, engine);
  const admin = (await journey.ask('admin', '{ viewer { personId } }')).viewer.personId;
  const from = FOUNDED_ON;
  await journey.as('admin').say('grantRole', { person: admin, role: 'HR', from });
  for (const [code, parent] of [['HQ', null], ['SALES', 'HQ'], ['MARKETING', 'HQ'], ['PRODUCT', 'HQ']]) await journey.as('admin').say('defineUnit', { code, names: { en: code, zh: code }, parent, head: null, from });
  const id: Record<string, string> = {};
  for (const [name, [role, unit, manager]] of Object.entries(MEMBERS)) {
    const { person } = await journey.as('admin').say('joinPerson', { name, role, unit, manager: manager === null ? null : id[manager], from }, 'person { id personId }');
    id[name] = person.personId;
    await journey.as('admin').say('linkIdentity', { id: person.id, issuer: ISSUER, subject: name });
  }
  for (const [name, role] of [['director', 'MARKETING_HEAD'], ['hr', 'HR'], ['finance', 'FINANCE'], ['auditor', 'AUDITOR']]) await journey.as('admin').say('grantRole', { person: id[name ?? ''], role, from });
  for (const [seat, name] of [['MARKETING_DIRECTOR', 'director'], ['HR', 'hr'], ['FINANCE', 'finance']]) await journey.as('admin').say('fillSeat', { seat, holder: id[name ?? ''], from });
  await journey.as('admin').say('registerIntegration', { name: 'CRM', issuer: ISSUER, subject: 'crm', sources: ['crm'], metrics: METRICS.map(([code]) => code) });
  for (const [code, unit, accumulation, direction, zh] of METRICS) await journey.as('hr').say('defineMetric', { code, names: { en: code, zh }, unit, accumulation, direction });
  await cycles(journey);
  return { journey, id, goals: {}, targets: {}, schemes: {}, appraisals: {} };
}

async function cycles(journey: Journey): Promise<void> {
  const open = (level: string, code: string, cutOffOn: string) => journey.as('hr').say('openCycle', { level, code, cutOffOn, evaluationDueOn: cutOffOn, recalibrationsMax: 1 });
  await open('QUARTER', QUARTER.code, QUARTER.cutOffOn);
  await open('MONTH', MONTH.code, '2025-06-05');
  await open('YEAR', YEAR.code, '2026-01-08');
}
