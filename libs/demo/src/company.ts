import { inParallel, type Step } from '@assay/runtime';
import { ADMIN, CAST, GRANTS, HR_OFFICER, LEAVER, SEAT_TABLE, TRANSFERRED, UNITS } from './cast.js';
import { METRICS } from './measures.js';
import type { Demo, Entry } from './world.js';

/** The subject under which the CRM delivers facts, and the source of what it delivers. */
export const CRM = { subject: 'crm', source: 'CRM' } as const;

/** The company's first day, and what becomes of its people. */
export function companyEntries(demo: Demo): readonly Entry[] {
  const { foundedOn, transferOn, leftFrom } = demo.dates;
  return [
    { at: demo.at(foundedOn, 9), label: 'the company', run: () => found(demo) },
    { at: demo.at(foundedOn, 11), label: 'its committee', run: () => seat(demo) },
    { at: demo.at(transferOn, 9), label: 'a transfer', run: () => transfer(demo) },
    { at: demo.at(leftFrom, 8), label: 'a departure', run: () => leave(demo) },
  ];
}

const byAdmin = (demo: Demo, key: string, [type, data]: readonly [string, Step['data']]) => demo.stage.must({ key, by: demo.person(ADMIN), aggregate: 'company', type, data });

/** The first administrator has the role `HR` for as long as nobody else can have it: somebody must enter the first people. */
async function found(demo: Demo): Promise<void> {
  const { stage, dates, plan } = demo;
  const by = demo.person(ADMIN);
  await byAdmin(demo, 'lend HR', ['GrantRole', { person: by, role: 'HR', from: dates.foundedOn }]);
  for (const { code, names, parent } of UNITS) await byAdmin(demo, `unit ${code}`, ['DefineUnit', { code, names, parent, head: null, from: dates.foundedOn }]);
  for (const { key, name, role, unit, manager } of CAST) {
    const named = key === ADMIN ? { personId: by } : {};
    const data = { ...named, name, role, unit, manager: manager === null ? null : demo.person(manager), from: dates.foundedOn };
    await stage.must({ key: `join ${key}`, by, aggregate: 'person', type: 'JoinPerson', data });
  }
  await inParallel(
    CAST.filter(({ key }) => key !== ADMIN),
    ({ key }) => stage.must({ key: `identity ${key}`, by, aggregate: 'person', type: 'LinkIdentity', id: demo.person(key), data: { issuer: plan.issuer, subject: key } }),
  );
  for (const { code, head } of UNITS) await byAdmin(demo, `head ${code}`, ['ChangeUnitHead', { code, head: demo.person(head), from: dates.foundedOn }]);
}

async function seat(demo: Demo): Promise<void> {
  const from = demo.dates.foundedOn;
  for (const [person, role] of GRANTS) await byAdmin(demo, `role ${person}`, ['GrantRole', { person: demo.person(person), role, from }]);
  // Alternates first: once every seat is filled, the committee itself has a say in them.
  for (const { seat: name, alternates } of SEAT_TABLE) await byAdmin(demo, `alternates ${name}`, ['NameAlternates', { seat: name, alternates: alternates.map((key) => demo.person(key)), from }]);
  for (const { seat: name, holder } of SEAT_TABLE) await byAdmin(demo, `seat ${name}`, ['FillSeat', { seat: name, holder: demo.person(holder), from }]);
  const crm = { name: 'CRM', issuer: demo.plan.issuer, subject: CRM.subject, sources: [CRM.source], metrics: METRICS.map(({ code }) => code) };
  await byAdmin(demo, 'integration', ['RegisterIntegration', crm]);
  await byAdmin(demo, 'return HR', ['RevokeRole', { person: demo.person(ADMIN), role: 'HR', from }]);
}

async function transfer(demo: Demo): Promise<void> {
  const data = { role: 'CHANNEL', unit: 'CHANNEL', manager: demo.person('channel-manager'), from: demo.dates.transferOn };
  await demo.stage.must({ key: 'transfer', by: demo.person(HR_OFFICER), aggregate: 'person', type: 'TransferPerson', id: demo.person(TRANSFERRED), data });
}

async function leave(demo: Demo): Promise<void> {
  const data = { from: demo.dates.leftFrom };
  await demo.stage.must({ key: 'leave', by: demo.person(HR_OFFICER), aggregate: 'person', type: 'RecordDeparture', id: demo.person(LEAVER), data, reason: '个人原因离职。Left for personal reasons.' });
}
