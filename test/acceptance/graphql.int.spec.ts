import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOfDay } from '@assay/event-log';
import { decodeNodeId, encodeNodeId } from '@assay/graphql';
import { startGraphqlApp, type Answer, type GraphqlApp } from '../support/graphql-app.js';
import { FOUNDED_ON, foundTeam, QUARTER, type Team } from '../support/team.js';

const ZONE = 'Asia/Shanghai';
const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
const codeOf = ({ errors }: Answer): unknown => errors?.[0]?.extensions['code'];
/** Whatever JSON holds: each assertion states the shape. */
type Json = ReturnType<typeof JSON.parse>;
const at = (answer: Answer, path: string): Json => path.split('.').reduce<Json>((value, name) => value?.[name], answer.data);
let app: GraphqlApp;
let team: Team;
let targetId: string;
/** Position of the head after the story's beginning. */
let founded: number;

beforeAll(async () => {
  app = await startGraphqlApp({ name: 'Acceptance', timeZone: ZONE }, noon(FOUNDED_ON));
  team = await foundTeam(app);
  targetId = encodeNodeId({ type: 'Target', key: team.target });
  founded = (await app.runtime.store.head()).position;
}, 120_000);
afterAll(() => app.close());

const RESULT = '__typename ... on Accepted { commandId position repeated } ... on Rejection { code rule message facts { name value kind } }';
const change = (subject: string, value: string, more: object = {}): Promise<Answer> =>
  app.ask(subject, `mutation ($input: ChangeTargetInput!) { changeTarget(input: $input) { ${RESULT} ... on ChangeTargetAccepted { target { id revision position lastPosition versions { cause quantities { target } } } } } }`, {
    input: { commandId: randomUUID(), id: targetId, reason: 'The market moved.', quantities: { target: value }, ...more },
  });

describe('mutations through the command bus', () => {
  it('show the view folded to the command’s position, and a repetition shows the same after everything since', async () => {
    const commandId = randomUUID();
    const first = await change('lead', '450', { commandId });
    const accepted = at(first, 'changeTarget');
    expect(accepted).toMatchObject({ __typename: 'ChangeTargetAccepted', commandId, repeated: false, target: { id: targetId, revision: 1, position: accepted.position, lastPosition: accepted.position, versions: [{ cause: 'SET', quantities: { target: '400' } }, { cause: 'CHANGED', quantities: { target: '450' } }] } });
    await change('lead', '475');
    const again = at(await change('lead', '450', { commandId }), 'changeTarget');
    expect(again).toEqual({ ...accepted, repeated: true });
  });

  it('are read back by whoever waits for their position', async () => {
    const { position } = at(await change('lead', '480'), 'changeTarget');
    const read = await app.ask('lead', 'query ($id: ID!, $at: Position) { target(id: $id, atLeast: $at) { position versions { quantities { target } } } }', { id: targetId, at: position });
    expect(at(read, 'target.versions').at(-1)).toEqual({ quantities: { target: '480' } });
    expect(Number(at(read, 'target.position'))).toBeGreaterThanOrEqual(Number(position));
  });

  it('refuse what was changed meanwhile, what a rule forbids, and an id used for something else', async () => {
    expect(codeOf(await change('lead', '490', { expectedRevision: 0 }))).toBe('CONCURRENT_CHANGE');
    const rejected = await app.ask('lead', `mutation ($input: ConfirmKeyActionInput!) { confirmKeyAction(input: $input) { ${RESULT} } }`, { input: { commandId: randomUUID(), id: targetId, keyAction: 'visit', count: 1 } });
    expect(at(rejected, 'confirmKeyAction')).toMatchObject({ __typename: 'Rejection', code: 'KEY_ACTION_UNKNOWN', rule: 'Targets' });
    const commandId = randomUUID();
    await change('lead', '491', { commandId });
    expect(codeOf(await change('lead', '492', { commandId }))).toBe('COMMAND_ID_REUSED');
    expect(codeOf(await change('seller', '493'))).toBe('FORBIDDEN');
  });

  it('open a company step by step, each answer holding what it made', async () => {
    const unit = await app.ask('hr', `mutation ($input: DefineUnitInput!) { defineUnit(input: $input) { ${RESULT} ... on DefineUnitAccepted { company { name units: logId } } } }`, {
      input: { commandId: randomUUID(), code: 'SOUTH', names: { en: 'South', zh: '南区' }, parent: 'EAST', head: null, from: FOUNDED_ON },
    });
    expect(at(unit, 'defineUnit')).toMatchObject({ __typename: 'DefineUnitAccepted', company: { name: 'Acceptance' } });
    const person = await app.ask('hr', `mutation ($input: JoinPersonInput!) { joinPerson(input: $input) { ${RESULT} ... on JoinPersonAccepted { person { id name assignments { role unit managerId } } } } }`, {
      input: { commandId: randomUUID(), name: 'Person new', role: 'SELLER', unit: 'SOUTH', manager: team.id.director, from: '2026-07-01' },
    });
    expect(at(person, 'joinPerson.person')).toMatchObject({ name: 'Person new', assignments: [{ role: 'SELLER', unit: 'SOUTH', managerId: team.id.director }] });
    const facts = await app.ask('finance', `mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ${RESULT} ... on RecordFactsAccepted { factStream { ownerId metricCode factsCount revision } } } }`, {
      input: { commandId: randomUUID(), owner: team.id.other, metric: 'visits', facts: [{ source: 'crm', factId: 'v1', occurredOn: FOUNDED_ON, value: '3', evidence: 'a'.repeat(64) }] },
    });
    expect(at(facts, 'recordFacts.factStream')).toEqual({ ownerId: team.id.other, metricCode: 'visits', factsCount: 1, revision: 0 });
  });
});

describe('a recalibration', () => {
  const CYCLE = encodeNodeId({ type: 'Cycle', key: 'QUARTER-2026Q3' });
  const SHOWN = `${RESULT} ... on RequestRecalibrationAccepted { recalibration { id recalibrationId status requesterId feedbackDueIds position targets { targetId } dataReview { targetId: target attainment } } }`;

  it('is asked for and answered in its cycle, and shown as a document of its own', async () => {
    const adjust = [{ target: team.target, mode: 'PRORATE', from: QUARTER.from, quantities: { target: '520' } }];
    const asked = await app.ask('lead', `mutation ($input: RequestRecalibrationInput!) { requestRecalibration(input: $input) { ${SHOWN} } }`, { input: { commandId: randomUUID(), id: CYCLE, adjust, trigger: 'MARKET_SHOCK', reason: 'A rival left.' } });
    const accepted = at(asked, 'requestRecalibration');
    expect(accepted).toMatchObject({ __typename: 'RequestRecalibrationAccepted', recalibration: { status: 'FEEDBACK', requesterId: team.id.lead, feedbackDueIds: [team.id.seller], targets: [{ targetId: team.target }], position: accepted.position } });
    const { id, recalibrationId } = accepted.recalibration;
    const fed = await app.ask('seller', `mutation ($input: GiveFeedbackInput!) { giveFeedback(input: $input) { ${RESULT} ... on GiveFeedbackAccepted { recalibration { id status feedback { agrees comment givenBy } } } } }`, { input: { commandId: randomUUID(), id: CYCLE, recalibration: recalibrationId, agrees: true, comment: 'Fair.' } });
    expect(at(fed, 'giveFeedback.recalibration')).toEqual({ id, status: 'DECIDABLE', feedback: [{ agrees: true, comment: 'Fair.', givenBy: team.id.seller }] });
    const read = await app.ask('seller', 'query ($id: ID!, $at: Position) { recalibration(id: $id, atLeast: $at) { id status requester { name } targetDocuments { openRecalibrationId } } node(id: $id) { id } }', { id, at: at(fed, 'giveFeedback.position') });
    expect(read.data).toEqual({ recalibration: { id, status: 'DECIDABLE', requester: null, targetDocuments: [{ openRecalibrationId: recalibrationId }] }, node: { id } });
  });
});

describe('what may not be read', () => {
  /** Every query that takes an id, asked for what is there but hidden and for what is not there. */
  const BY_ID: readonly (readonly [query: string, type: string, hidden: (team: Team) => string])[] = [
    ['person(id: $id) { id name }', 'Person', ({ id }) => id.hr],
    ['target(id: $id) { id attainment }', 'Target', ({ target }) => target],
    ['appraisal(id: $id) { id total }', 'Appraisal', ({ appraisal }) => appraisal],
    ['node(id: $id) { id }', 'Appraisal', ({ appraisal }) => appraisal],
    ['nodes(ids: [$id]) { id }', 'Target', ({ target }) => target],
    ['explainScore(appraisal: $id) { agrees text }', 'Appraisal', ({ appraisal }) => appraisal],
    ['scoreHistory(appraisal: $id) { totalCount nodes { eventId } }', 'Appraisal', ({ appraisal }) => appraisal],
    ['compareScore(appraisal: $id, from: {}, to: {}) { differs }', 'Appraisal', ({ appraisal }) => appraisal],
  ];
  it.each(BY_ID)('is answered as what is not there: %s', async (field, type, hidden) => {
    const query = `query ($id: ID!) { ${field} }`;
    const [there, absent] = await Promise.all([encodeNodeId({ type, key: hidden(team) }), encodeNodeId({ type, key: randomUUID() })].map((id) => app.raw('other', query, { id })));
    expect(there).toBe(absent);
    const historical = await Promise.all([hidden(team), randomUUID()].map((key) => app.raw('other', query, { id: encodeNodeId({ type, key, asOf: String(founded) }) })));
    expect(historical[0]).toBe(historical[1]);
  });

  it.each([
    ['changeTarget', 'ChangeTargetInput', 'Target', (of: Team) => of.target, { reason: 'Why.', quantities: { target: '1' } }],
    ['withdrawTarget', 'WithdrawTargetInput', 'Target', (of: Team) => of.target, { reason: 'Why.' }],
    ['submitEvaluation', 'SubmitEvaluationInput', 'Appraisal', (of: Team) => of.appraisal, { kind: 'SELF', ratings: [] }],
    ['publishScore', 'PublishScoreInput', 'Appraisal', (of: Team) => of.appraisal, {}],
    ['transferPerson', 'TransferPersonInput', 'Person', (of: Team) => of.id.hr, { role: 'SELLER', unit: 'EAST', manager: null, from: '2026-08-01' }],
    ['recordDeparture', 'RecordDepartureInput', 'Person', (of: Team) => of.id.hr, { from: '2026-08-01' }],
  ])('is commanded as what is not there: %s', async (mutation, input, type, hidden, data) => {
    const query = `mutation ($input: ${input}!) { ${mutation}(input: $input) { __typename } }`;
    const [there, absent] = await Promise.all([hidden(team), randomUUID()].map((key) => app.raw('other', query, { input: { commandId: randomUUID(), id: encodeNodeId({ type, key }), ...data } })));
    expect(there).toBe(absent);
    expect(JSON.parse(there ?? '').errors[0].extensions).toEqual({ code: 'NOT_FOUND' });
  });

  it('takes no part in lists, counts, sums, pages and events', async () => {
    const answer = await app.ask('other', '{ targets { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } } appraisals { totalCount nodes { id } } people { totalCount nodes { personId } } goalCascade { nodes { summedTargetIds listedTargetIds allocated } } events(filter: { category: "target" }) { totalCount nodes { id } } progressBoard(day: "2026-07-15") { totalCount } }');
    expect(answer).toEqual({
      data: {
        targets: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } },
        appraisals: { totalCount: 0, nodes: [] },
        people: { totalCount: 1, nodes: [{ personId: team.id.other }] },
        goalCascade: { nodes: [{ summedTargetIds: [], listedTargetIds: [], allocated: null }] },
        events: { totalCount: 0, nodes: [] },
        progressBoard: { totalCount: 0 },
      },
    });
  });

  it('of identities is for ADMIN and AUDITOR alone', async () => {
    const query = '{ people(filter: { role: "SELLER", unit: "EAST" }) { nodes { identities { subject } } } events(filter: { types: [IdentityLinked, LogOpened] }) { nodes { type data { ... on IdentityLinked { issuer subject } ... on LogOpened { name admin { issuer subject } } } json } } }';
    const [admin, hr] = await Promise.all(['admin', 'hr'].map((subject) => app.ask(subject, query)));
    expect(JSON.stringify(hr)).not.toContain('"seller"');
    expect(at(hr ?? {}, 'people.nodes')).toEqual([{ identities: null }]);
    expect(at(hr ?? {}, 'events.nodes.0.data')).toEqual({ name: 'Acceptance', admin: { issuer: null, subject: null } });
    expect(at(admin ?? {}, 'people.nodes')).toEqual([{ identities: [{ subject: 'seller' }] }]);
    expect(at(admin ?? {}, 'events.nodes.0.data.admin.subject')).toBe('admin');
  });
});

describe('lists', () => {
  const PAGE = 'totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } }';
  const people = async (args: string): Promise<Json> => at(await app.ask('hr', `{ people(${args}) { ${PAGE} } }`), 'people');
  const namesOf = (page: Json): readonly string[] => page.edges.map(({ node }: Json) => node.name);
  const cursor = (name: string, value: string | null): string => (value === null ? '' : `${name}: "${value}", `);

  it.each(['', ', asOf: { position: "POSITION" }'])('page forwards and backwards over the same rows%s', async (moment) => {
    const with_ = moment.replace('POSITION', String(founded));
    const all = namesOf(await people(`first: 100, orderBy: NAME_ASC${with_}`));
    const forwards: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: Json = await people(`first: 3, ${cursor('after', after)}orderBy: NAME_ASC${with_}`);
      forwards.push(...namesOf(page));
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.totalCount).toBe(all.length);
      [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
    }
    const backwards: string[] = [];
    for (let before: string | null = null, more = true; more; ) {
      const page: Json = await people(`last: 3, ${cursor('before', before)}orderBy: NAME_ASC${with_}`);
      backwards.unshift(...namesOf(page));
      [before, more] = [page.pageInfo.startCursor, page.pageInfo.hasPreviousPage];
    }
    expect([forwards, backwards]).toEqual([all, all]);
    expect(all).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)));
    expect(namesOf(await people(`first: 100, orderBy: NAME_DESC${with_}`))).toEqual([...all].reverse());
  });

  it('refuse a cursor of another order, filter or moment', async () => {
    const { pageInfo } = await people('first: 2, orderBy: NAME_ASC');
    const ask = (args: string): Promise<Answer> => app.ask('hr', `query ($after: String) { people(after: $after, ${args}) { nodes { id } } }`, { after: pageInfo.endCursor });
    for (const args of ['orderBy: NAME_DESC', 'orderBy: NAME_ASC, filter: { unit: "EAST" }', `orderBy: NAME_ASC, asOf: { position: "${String(founded)}" }`]) expect(codeOf(await ask(args))).toBe('BAD_USER_INPUT');
    expect(codeOf(await app.ask('hr', '{ people(first: 1, last: 1) { nodes { id } } }'))).toBe('BAD_USER_INPUT');
    expect(codeOf(await app.ask('hr', '{ people(first: 101) { nodes { id } } }'))).toBe('BAD_USER_INPUT');
  });

  it('tell what changed since', async () => {
    const [before, after] = await Promise.all(['2026-06-01T00:00:00Z', '2030-01-01T00:00:00Z'].map((since) => app.ask('hr', 'query ($since: DateTime) { targets(filter: { updatedSince: $since }) { totalCount } }', { since })));
    expect([at(before ?? {}, 'targets.totalCount'), at(after ?? {}, 'targets.totalCount')]).toEqual([1, 0]);
  });
});

describe('moments', () => {
  const QUANTITY = 'position shown { position historical effectiveOn } id versions { quantities { target } }';
  const target = (args: string, subject = 'lead'): Promise<Answer> => app.ask(subject, `{ target(id: "${targetId}", ${args}) { ${QUANTITY} } }`);

  it('show a document as it was, under an id of its own that finds it again', async () => {
    const then = at(await target(`asOf: { position: "${String(founded)}" }`), 'target');
    expect(then).toMatchObject({ position: String(founded), shown: { position: String(founded), historical: true, effectiveOn: null }, versions: [{ quantities: { target: '400' } }] });
    expect(decodeNodeId(then.id)).toEqual({ type: 'Target', key: team.target, asOf: String(founded) });
    const again = await app.ask('lead', `query ($id: ID!) { node(id: $id) { id ... on Target { ${QUANTITY} owner { id shown { historical } } } } }`, { id: then.id });
    expect(at(again, 'node')).toMatchObject(then);
    expect(at(again, 'node.owner.shown.historical')).toBe(true);
  });

  it('show lists as they were, with today’s rights', async () => {
    const query = `{ appraisals(asOf: { position: "${String(founded)}" }) { totalCount position nodes { status due { kind isIn } } } targets(asOf: { position: "1" }) { totalCount } }`;
    expect(await app.ask('hr', query)).toMatchObject({ data: { appraisals: { totalCount: 1, position: String(founded) }, targets: { totalCount: 0 } } });
    expect(await app.ask('other', query)).toMatchObject({ data: { appraisals: { totalCount: 0 } } });
  });

  it('resolve a time to the last position recorded by then, and refuse one that is not over', async () => {
    const head = await app.runtime.store.head();
    expect(codeOf(await target(`asOf: { time: "${new Date(head.recordedAt ?? 0).toISOString()}" }`))).toBe('AS_OF_TOO_RECENT');
    expect(codeOf(await target(`asOf: { position: "${String(head.position + 1)}" }`))).toBe('POSITION_AHEAD');
    expect(codeOf(await target(`asOf: { position: "1", time: "2026-06-15T00:00:00Z" }`))).toBe('BAD_USER_INPUT');
    expect(codeOf(await app.ask('lead', `{ target(id: "${targetId}", atLeast: "${String(head.position + 1)}") { id } }`))).toBe('POSITION_AHEAD');
  });

  it('leave out what was not yet true', async () => {
    const before = at(await target('effectiveOn: "2026-06-30"'), 'target');
    expect(before).toMatchObject({ shown: { historical: true, effectiveOn: '2026-06-30' }, versions: [] });
    expect(at(await target('effectiveOn: "2026-07-01"'), 'target.versions').length).toBeGreaterThan(0);
  });

  it('are four at most in one operation, ids counted', async () => {
    const ids = [1, 2, 3, 4, 5].map((position) => encodeNodeId({ type: 'Goal', key: team.goal, asOf: String(position) }));
    expect(codeOf(await app.ask('lead', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }))).toBe('QUERY_TOO_COMPLEX');
    expect((await app.ask('lead', 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids.slice(0, 4) })).errors).toBeUndefined();
  });
});

describe('what surrounds it', () => {
  it('tells who asks, what the log is, and what codes mean', async () => {
    const { data } = await app.ask('director', '{ viewer { roles seats unitCode managesIds } log { simulated mode protection today head projections { name } } codeLabel(code: "TARGET_FROZEN") zh: codeLabel(code: "SEALED", locale: ZH_CN) none: codeLabel(code: "nothing") }');
    expect(data).toMatchObject({
      viewer: { roles: expect.arrayContaining(['COMMITTEE', 'EMPLOYEE', 'MANAGER', 'MARKETING_HEAD']), seats: ['MARKETING_DIRECTOR'], unitCode: 'EAST', managesIds: expect.arrayContaining([team.id.lead]) },
      log: { simulated: true, mode: 'DEMO', protection: 'PROTECTED', today: FOUNDED_ON, projections: null },
      codeLabel: 'Past the grace days only a recalibration changes a target.',
      zh: '封存中',
      none: null,
    });
    const { data: admin } = await app.ask('admin', '{ log { projections { name live lag parked } } }');
    expect((admin?.['log'] as { projections: readonly object[] }).projections).toContainEqual(expect.objectContaining({ name: 'target', live: true, parked: 0 }));
  });

  it('shows a target for a timeline, and the board of a day', async () => {
    const { data, errors } = await app.ask('lead', `{ target(id: "${targetId}") { phases { code from to order plannedShare } unit { code } metric { code unit } } progressBoard(day: "2026-07-15", cycle: "${QUARTER.stream}") { nodes { noData attainment elapsedWorkingDays workingDays elapsedShare target { targetId } } } cycles { nodes { code stream recalibrationsCount } } schemes { nodes { versions { number content { roles indicators { code curve { type } } } } } } metrics(orderBy: CODE_ASC) { nodes { code } } units { nodes { code } } company { name grants { role } seats { seat holderId } } }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      target: { phases: [{ code: 'presale', from: '2026-07-01', to: '2026-07-31', order: 1, plannedShare: 4000 }], unit: { code: 'EAST' }, metric: { code: 'sales', unit: 'CNY' } },
      progressBoard: { nodes: [{ noData: true, attainment: null, elapsedWorkingDays: 11, workingDays: 66, target: { targetId: team.target } }] },
      cycles: { nodes: [{ code: '2026Q3', stream: QUARTER.stream, recalibrationsCount: null }] },
      metrics: { nodes: [{ code: 'sales' }, { code: 'visits' }] },
    });
    expect(at({ data: data ?? null }, 'units.nodes').map(({ code }: Json) => code).slice(0, 2)).toEqual(['EAST', 'SOUTH']);
  });
});
