import { addDays, sha256Hex, type Day } from '@assay/domain';
import { CRM } from './company.js';
import { worked, type DemoCycle } from './dates.js';
import { allFacts, crmOf, monthEndId } from './facts.js';
import type { Demo, Entry } from './world.js';

/** What does not go to plan: facts put right, taken back and come too late; and key actions, which do. */
export function incidentEntries(demo: Demo): readonly Entry[] {
  const { quarters, lateFactOn } = demo.dates;
  return [
    restatement(demo, { metric: 'AVERAGE_ORDER', person: 'sales-2', quarter: quarters.A4, reason: '客户退回一张订单。A customer returned an order.' }),
    restatement(demo, { metric: 'RETENTION', person: 'channel-2', quarter: quarters.A1, reason: '续约漏记一户。One renewal had been left out.' }),
    retraction(demo, quarters.A3),
    { at: demo.at(lateFactOn, 10), label: 'a late fact', run: () => lateFact(demo, quarters.A2) },
    ...[quarters.A2, quarters.A1, quarters.A].flatMap((quarter) => keyActions(demo, quarter)),
  ];
}

/** Days after the start of a quarter's second month on which its first month is looked through. */
const LOOKED_THROUGH_DAYS = 9;

interface Restated {
  readonly metric: string;
  readonly person: string;
  readonly quarter: DemoCycle;
  readonly reason: string;
}

/** The figure of the quarter's first month turns out lower by a twentieth. */
function restatement(demo: Demo, { metric, person, quarter, reason }: Restated): Entry {
  const factId = monthEndId(metric, person, quarter.period.from.slice(0, 7));
  const run = async (): Promise<void> => {
    const told = factOf(demo, factId);
    const value = String(Math.round(Number(told.value) * 0.95));
    const data = { owner: demo.person(person), metric, source: CRM.source, factId, revision: 2, occurredOn: told.occurredOn, value };
    await demo.stage.must({ key: `restate ${factId}`, by: await crmOf(demo), aggregate: 'facts', type: 'RestateFact', data, reason });
  };
  return { at: demo.at(worked(addDays(quarter.period.from, 31 + LOOKED_THROUGH_DAYS)), 11), label: 'a fact restated', run };
}

/** A customer counted twice is taken back. */
function retraction(demo: Demo, quarter: DemoCycle): Entry {
  const run = async (): Promise<void> => {
    const first = allFacts(demo).find(({ person, metric, factId }) => person === 'sales-3' && metric === 'NEW_CUSTOMERS' && factId.includes(quarter.code));
    if (first === undefined) return;
    const data = { owner: demo.person('sales-3'), metric: 'NEW_CUSTOMERS', source: CRM.source, factId: first.factId };
    await demo.stage.must({ key: `retract ${first.factId}`, by: await crmOf(demo), aggregate: 'facts', type: 'RetractFact', data, reason: '与老客户重复。The customer was one already.' });
  };
  // By then everything of the quarter has been delivered, and its cut-off is still to come.
  return { at: demo.at(addDays(quarter.period.to, 1), 21), label: 'a fact retracted', run };
}

/** A deal of the last days of A-2 that the CRM delivers after its cut-off: it takes no part, and is shown as late. */
async function lateFact(demo: Demo, quarter: DemoCycle): Promise<void> {
  const fact = { source: CRM.source, factId: `late-sales-1-${quarter.code}`, occurredOn: addDays(quarter.period.to, -3), value: '1' };
  await demo.stage.must({ key: 'late fact', by: await crmOf(demo), aggregate: 'facts', type: 'RecordFacts', data: { owner: demo.person('sales-1'), metric: 'NEW_CUSTOMERS', facts: [fact] } });
}

const REVIEWED_DAYS = 12;

/** One of the three customer reviews that the target plans, confirmed by the manager. */
function keyActions(demo: Demo, quarter: DemoCycle): readonly Entry[] {
  const day: Day = worked(addDays(quarter.period.from, REVIEWED_DAYS));
  const segment = { person: 'sales-1', role: 'SALES', unit: 'SALES' };
  const id = demo.target(segment, 'NEW_CUSTOMERS', quarter);
  const count = { keyAction: 'CUSTOMER_REVIEW', count: 1 };
  const act = (by: string, type: string, data: object) => demo.stage.must({ key: `${type} ${quarter.code}`, by: demo.person(by), aggregate: 'target', type, id, data: { ...data } });
  return [
    { at: demo.at(day, 16), label: 'a key action', run: async () => void (await act('sales-1', 'RecordKeyAction', { ...count, evidence: sha256Hex(`review ${quarter.code}`) })) },
    { at: demo.at(day, 17), label: 'a key action', run: async () => void (await act('sales-manager', 'ConfirmKeyAction', count)) },
  ];
}

function factOf(demo: Demo, factId: string) {
  const found = allFacts(demo).find((fact) => fact.factId === factId);
  if (found === undefined) throw new Error(`the demo has no fact ${factId}`);
  return found;
}
