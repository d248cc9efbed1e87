// Founds the company whose scores are moved: one role, a scheme with two measured indicators, and for everybody two targets
// and a running appraisal. Run by company.mjs as a process of its own: <data folder> <people> <facts each> <writers>. Prints what it
// made as one line of JSON.
import { addDays, sha256Hex } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { DEMO_ISSUER, markDemo } from '@assay/graphql';
import { openLog, openRuntime } from '@assay/runtime';
import { foundCompany, openCycle, RATE, ROLE, UNIT, VALUE, type Company, type StoryCycle } from '../test/support/company.js';
import { idOf, Stage } from '../test/support/stage.js';

const ZONE = 'UTC';
const LOG = 'main';
const AT_ONCE = 8;
/** As many as one command may record. */
const FACTS_MAX = 500;

const [dataDir = '', people = '', facts = '', writers = ''] = process.argv.slice(2);
markDemo(dataDir, LOG);
const fail = (error: unknown): never => {
  throw error;
};
const runtime = await openRuntime({ dataDir, log: LOG, say: () => undefined, onParked: fail, onError: fail });
runtime.start();
const { logId, executor, principals, store } = runtime;
const stage = new Stage({ logId, execute: (message) => executor.execute(message), principalOf: (id) => principals.of(id), readStream: (stream) => store.readStream(stream) });
const { adminId } = await openLog(runtime, { name: 'Bench', timeZone: ZONE, businessYearFirstMonth: 1, admin: { issuer: DEMO_ISSUER, subject: 'admin' } });
const today = dayAt(await store.now(), ZONE);
const company = await foundCompany(stage, adminId, today);
const cycle = quarterOf(today);
await openCycle(stage, company, cycle);
for (const subject of ['finance', 'officer'] as const)
  await stage.must({ key: `identity ${subject}`, by: adminId, aggregate: 'person', type: 'LinkIdentity', id: company[subject], data: { issuer: DEMO_ISSUER, subject } });
// One integration may have so many operations under way; a company's systems are several.
for (let index = 0; index < Number(writers); index += 1) {
  const name = `teller ${index}`;
  const teller = idOf(await stage.must({ key: name, by: company.officer, aggregate: 'person', type: 'JoinPerson', data: { name, role: 'STAFF', unit: UNIT, manager: company.director, from: today } }));
  await stage.must({ key: `${name} role`, by: adminId, aggregate: 'company', type: 'GrantRole', data: { person: teller, role: 'FINANCE', from: today } });
  await stage.must({ key: `${name} identity`, by: adminId, aggregate: 'person', type: 'LinkIdentity', id: teller, data: { issuer: DEMO_ISSUER, subject: `teller-${index}` } });
}
const goal = idOf(await stage.must({ key: 'goal', by: company.hr, aggregate: 'goal', type: 'SetGoal', data: { names: { en: 'Revenue', zh: '营收' }, parent: null, metric: VALUE, unit: UNIT, value: '100000', period: { from: cycle.from, to: cycle.to }, toleranceBasisPoints: 0 } }));
const names = Array.from({ length: Number(people) }, (_, index) => `seller ${index}`);
const sellers: { readonly person: string; readonly appraisal: string }[] = [];
for (let from = 0; from < names.length; from += AT_ONCE) sellers.push(...(await Promise.all(names.slice(from, from + AT_ONCE).map((name) => hire(name, company, cycle)))));
await runtime.close();
process.stdout.write(`${JSON.stringify({ logId, today, metric: VALUE, sellers })}\n`);
process.exit(0);

/** The appraisal is opened last: it takes both targets up by itself. */
async function hire(name: string, { officer, director, finance }: Company, { stream }: StoryCycle) {
  const person = idOf(await stage.must({ key: name, by: officer, aggregate: 'person', type: 'JoinPerson', data: { name, role: ROLE, unit: UNIT, manager: director, from: today } }));
  const aim = { owner: person, role: ROLE, unit: UNIT, goal, cycle: stream };
  await stage.must({ key: `${name} value`, by: director, aggregate: 'target', type: 'SetTarget', data: { ...aim, metric: VALUE, quantities: { target: '5000' } } });
  await stage.must({ key: `${name} rate`, by: director, aggregate: 'target', type: 'SetTarget', data: { ...aim, metric: RATE, quantities: { target: '0.6' } } });
  const opened = await stage.must({ key: `${name} appraisal`, by: officer, aggregate: 'appraisal', type: 'OpenAppraisal', data: { personId: person, cycle: stream, segmentFrom: today } });
  for (let from = 0; from < Number(facts); from += FACTS_MAX) {
    const length = Math.min(FACTS_MAX, Number(facts) - from);
    const delivered = Array.from({ length }, (_, index) => factOf(`${name} ${from + index}`));
    await stage.must({ key: `${name} facts ${from}`, by: finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: person, metric: VALUE, facts: delivered } });
  }
  return { person, appraisal: opened.stream };
}

function factOf(factId: string) {
  return { source: 'crm', factId, occurredOn: today, value: '12.5', evidence: sha256Hex(factId) };
}

function quarterOf(day: string): StoryCycle {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const quarter = Math.ceil(month / 3);
  const first = (inYear: number, number: number): string => `${inYear}-${String(number).padStart(2, '0')}-01`;
  const next = quarter === 4 ? first(year + 1, 1) : first(year, quarter * 3 + 1);
  const code = `${year}Q${quarter}`;
  return { code, stream: `cycle-QUARTER-${code}`, from: first(year, quarter * 3 - 2), to: addDays(next, -1) };
}
