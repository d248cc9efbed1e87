import { UsageError } from '../command.js';
import type { TeamMember } from './deals.js';
import type { ImportInput } from './input.js';
import { idOf, inParallel, instantOf, type Step } from '@assay/runtime';
import { unitCode, type Entry, type Replay } from './replay-world.js';
import type { Tally } from './report.js';

/** Issuer of the identities that the people of a replay are given: that of a demo's own tokens. */
export const REPLAY_ISSUER = 'assay-demo';

/** The first days of a replayed company: what the company file states, and who stands in the teams file. */
export function companyEntries(replay: Replay): readonly Entry[] {
  const { company } = replay;
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  return [
    { at: at(company.openedOn, 9), label: 'the company', run: () => foundCompany(replay) },
    { at: at(company.openedOn, 10), label: 'its committee', run: () => seatCommittee(replay) },
    { at: at(company.agents.joinedOn, 9), label: 'agents', run: () => joinAgents(replay) },
  ];
}

/** The first administrator lends themselves the role `HR` for as long as nobody has it: somebody must enter the first people. */
async function foundCompany({ stage, company, people }: Replay): Promise<void> {
  const { administrator, openedOn } = company;
  const by = people.cast(administrator);
  const role = { person: by, role: 'HR', from: openedOn };
  await stage.must({ key: 'lend HR', by, aggregate: 'company', type: 'GrantRole', data: role });
  for (const unit of inOrder(company.units, { key: ({ code }) => code, above: ({ parent }) => parent, what: 'the parent' })) {
    await stage.must({ key: `unit ${unit.code}`, by, aggregate: 'company', type: 'DefineUnit', data: { code: unit.code, names: unit.names, parent: unit.parent, head: null, from: openedOn } });
  }
  for (const person of inOrder(company.people, { key: ({ key }) => key, above: ({ manager }) => manager, what: 'the manager' })) {
    const { key, name, role: job, unit, manager } = person;
    const named = key === administrator ? { personId: by } : {};
    const joined = await stage.must({ key: `join ${key}`, by, aggregate: 'person', type: 'JoinPerson', data: { ...named, name, role: job, unit, manager: manager === null ? null : people.cast(manager), from: openedOn } });
    people.setCast(key, idOf(joined));
    if (key !== administrator) await linkIdentity({ stage, by }, idOf(joined), key);
  }
  for (const { code, head } of company.units) {
    if (head !== null) await stage.must({ key: `head ${code}`, by, aggregate: 'company', type: 'ChangeUnitHead', data: { code, head: people.cast(head), from: openedOn } });
  }
}

async function seatCommittee({ stage, company, people, input }: Replay): Promise<void> {
  const { openedOn: from, roles, seats, integration, metrics } = company;
  const by = people.cast(company.administrator);
  const act = (key: string, type: string, data: Step['data']) => stage.must({ key, by, aggregate: 'company', type, data });
  const lent = roles.some(({ person, role }) => person === company.administrator && role === 'HR');
  for (const { person, role } of roles) {
    if (person === company.administrator && role === 'HR') continue;
    await act(`role ${role} ${person}`, 'GrantRole', { person: people.cast(person), role, from });
  }
  // Alternates first: once every seat is filled, the committee itself has a say in them.
  for (const { seat, alternates } of seats) await act(`alternates ${seat}`, 'NameAlternates', { seat, alternates: alternates.map((key) => people.cast(key)), from });
  for (const { seat, holder } of seats) await act(`seat ${seat}`, 'FillSeat', { seat, holder: people.cast(holder), from });
  await act('integration', 'RegisterIntegration', { name: integration.subject, ...integration, sources: [input.mapping.source], metrics: metrics.map(({ code }) => code) });
  if (!lent) await act('return HR', 'RevokeRole', { person: by, role: 'HR', from });
}

async function joinAgents(replay: Replay): Promise<void> {
  const { company, members, people, tally } = replay;
  await defineUnits(replay);
  const agents = new Set(members.map(({ agent }) => agent));
  const managers = members.filter(({ manager }, index) => !agents.has(manager) && members.findIndex((one) => one.manager === manager) === index);
  const reportTo = people.cast(company.agents.managersReportTo);
  await inParallel(managers, ({ manager, unit }) => join(replay, manager, { role: company.agents.managerRole, unit: unitCode(unit), manager: reportTo }));
  for (let waiting = members; waiting.length > 0; ) {
    const ready = waiting.filter(({ manager }) => people.has(manager));
    if (ready.length === 0) throw new UsageError(`the teams file: ${waiting.map(({ agent }) => agent).join(', ')} manage each other; correct their managers`);
    await inParallel(ready, (member) => joinAgent(replay, member));
    waiting = waiting.filter((member) => !ready.includes(member));
  }
  tally.counts.people = members.length + managers.length;
}

async function defineUnits({ stage, company, people, members }: Replay): Promise<void> {
  const { by, unitsUnder: parent, joinedOn: from } = company.agents;
  const known = new Set(company.units.map(({ code }) => code));
  for (const name of new Set(members.map(({ unit }) => unit))) {
    const code = unitCode(name);
    if (known.has(code)) continue;
    await stage.must({ key: `unit ${code}`, by: people.cast(by), aggregate: 'company', type: 'DefineUnit', data: { code, names: { en: name, zh: name }, parent, head: null, from } });
  }
}

async function joinAgent(replay: Replay, { agent, manager, unit }: TeamMember): Promise<void> {
  const { stage, company, people, input } = replay;
  const id = await join(replay, agent, { role: company.agents.role, unit: unitCode(unit), manager: people.named(manager) });
  const data = { source: input.mapping.source, accountKey: agent };
  await stage.must({ key: `account ${agent}`, by: people.cast(company.agents.by), aggregate: 'person', type: 'LinkSourceAccount', id, data });
}

async function join({ stage, company, people }: Replay, name: string, place: { readonly role: string; readonly unit: string; readonly manager: string }): Promise<string> {
  const { by, joinedOn: from } = company.agents;
  const id = idOf(await stage.must({ key: `join ${name}`, by: people.cast(by), aggregate: 'person', type: 'JoinPerson', data: { name, ...place, from } }));
  people.setNamed(name, id);
  await linkIdentity({ stage, by: people.cast(company.administrator) }, id, subjectOf(name));
  return id;
}

async function linkIdentity({ stage, by }: { readonly stage: Replay['stage']; readonly by: string }, id: string, subject: string): Promise<void> {
  await stage.must({ key: `identity ${subject}`, by, aggregate: 'person', type: 'LinkIdentity', id, data: { issuer: REPLAY_ISSUER, subject } });
}

/** The subject of a token for somebody whom the export names: `Wen Halloway` is `wen-halloway`. */
export const subjectOf = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, '-');

/** Members with a name, a manager and a unit, each once; the others are refused by their line. */
export function usableMembers({ team }: ImportInput, tally: Tally): readonly TeamMember[] {
  const seen = new Set<string>();
  return team.filter(({ line, ...cells }) => {
    const missing = Object.entries(cells).find(([, cell]) => cell === '');
    const reason = missing !== undefined ? `${missing[0].toUpperCase()}_MISSING` : seen.has(cells.agent) ? 'ID_TWICE' : null;
    if (reason !== null) tally.refuse('PEOPLE', { line, reason, cells });
    else seen.add(cells.agent);
    return reason === null;
  });
}

/** Units and people in an order in which whoever is named is there already; what is left over is named in the error. */
function inOrder<T>(items: readonly T[], of: { readonly key: (item: T) => string; readonly above: (item: T) => string | null; readonly what: string }): readonly T[] {
  const done: T[] = [];
  const there = new Set<string>();
  for (let waiting = items; waiting.length > 0; ) {
    const ready = waiting.filter((item) => [null, ...there].includes(of.above(item)));
    if (ready.length === 0) throw new UsageError(`the company file: ${of.what} of ${waiting.map(of.key).join(', ')} is nowhere above; correct it there`);
    done.push(...ready);
    for (const item of ready) there.add(of.key(item));
    waiting = waiting.filter((item) => !ready.includes(item));
  }
  return done;
}
