import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOfDay } from '@assay/event-log';
import { encodeNodeId } from '@assay/graphql';
import { startGraphqlApp, type Answer, type GraphqlApp } from '../support/graphql-app.js';
import { Listener } from '../support/listener.js';
import { FOUNDED_ON, foundTeam, PEOPLE, SECRET, type Member, type Team } from '../support/team.js';

/** Whatever JSON holds: each assertion states the shape. */
type Json = ReturnType<typeof JSON.parse>;
const ZONE = 'Asia/Shanghai';
const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
const at = (answer: Answer, path: string): Json => path.split('.').reduce<Json>((value, name) => value?.[name], answer.data);
const EVERYBODY: readonly Member[] = ['admin', ...PEOPLE];

let app: GraphqlApp;
let team: Team;
let appraisal: string;
beforeAll(async () => {
  app = await startGraphqlApp({ name: 'Sealed', timeZone: ZONE }, noon(FOUNDED_ON));
  team = await foundTeam(app);
  appraisal = encodeNodeId({ type: 'Appraisal', key: team.appraisal });
}, 120_000);
afterAll(() => app.close());

const FIGURES = 'status total grade provisional indicators { code state score raw } pending { indicator code }';
const APPRAISAL = `id sight status total grade score { ${FIGURES} } evaluations { kind evaluatorId ratings { indicator value } comment eventId } due { kind evaluatorId isIn } revisions { revision total grade status derivationDigest interview { notes } } proposals { reason }`;
const EVENT = 'type sealed data { ... on EvaluationSubmitted { kind evaluatorId ratings { indicator value } comment } ... on EvaluationRevised { ratings { value } comment } ... on ScorePublished { status total grade } } json';
const EXPLAIN = `figures { ${FIGURES} } nodes { label value source { eventId position } } text countsOwnRatings agrees`;

const documentsAt = (moment: string): string => `query ($id: ID!) {
  appraisal(id: $id${moment && `, ${moment}`}) { ${APPRAISAL} }
  appraisals${moment && `(${moment})`} { totalCount nodes { ${APPRAISAL} } }
  events(first: 100, filter: { category: "appraisal" }${moment && `, ${moment}`}) { nodes { ${EVENT} } }
}`;
const scoresAt = (moment: string): string => `query ($id: ID!) {
  scoreHistory(appraisal: $id${moment && `, ${moment}`}) { totalCount nodes { eventType before { total } after { total grade } indicators { code before { score } after { score } } } }
  explainScore(appraisal: $id${moment && `, ${moment}`}) { ${EXPLAIN} }
}`;
/** Everything that could tell of a rating; as of a moment in two requests, since one may ask for four moments only. */
async function everything(who: Member, moment = ''): Promise<Answer> {
  const [documents, scores] = await Promise.all([documentsAt(moment), scoresAt(moment)].map((query) => app.ask(who, query, { id: appraisal })));
  expect([documents?.errors, scores?.errors]).toEqual([undefined, undefined]);
  return { data: { ...documents?.data, ...scores?.data } };
}
const textFor = async (who: Member, moment?: string): Promise<string> => JSON.stringify(await everything(who, moment));

describe('a sealed rating', () => {
  it.each(EVERYBODY.filter((who) => who !== 'lead'))('is unreadable to %s, wherever they look and at whatever moment', async (who) => {
    const { position } = await app.runtime.store.head();
    const looked = await Promise.all([textFor(who), textFor(who, `asOf: { position: "${String(position)}" }`)]);
    const node = await app.raw(who, `query ($id: ID!) { node(id: $id) { ... on Appraisal { ${APPRAISAL} } } }`, { id: appraisal });
    const compared = await app.raw(who, `query ($id: ID!) { compareScore(appraisal: $id, from: {}, to: {}) { from { ${EXPLAIN} } to { ${EXPLAIN} } } }`, { id: appraisal });
    for (const text of [...looked, node, compared]) {
      expect(text).not.toContain('"errors"');
      expect(text).not.toContain(SECRET.rating);
      expect(text).not.toContain(SECRET.comment);
    }
  });

  it('is shown to its author, who may count it in a score of their own', async () => {
    const answer = await everything('lead');
    expect(at(answer, 'appraisal.evaluations')).toEqual([expect.objectContaining({ kind: 'SUPERIOR', ratings: [{ indicator: 'teamwork', value: SECRET.rating }], comment: SECRET.comment })]);
    expect(at(answer, 'appraisal.score.pending')).toContainEqual({ indicator: 'teamwork', code: 'SEALED' });
    expect(at(answer, 'explainScore')).toMatchObject({ countsOwnRatings: true, figures: { pending: [{ indicator: 'sales', code: 'FACT_MISSING' }] } });
    const submitted = at(answer, 'events.nodes').find(({ type }: Json) => type === 'EvaluationSubmitted');
    expect(submitted).toMatchObject({ sealed: false, data: { ratings: [{ value: SECRET.rating }] } });
  });

  it('is shown to nobody as of a moment before its unsealing, its author included', async () => {
    const { position } = await app.runtime.store.head();
    expect(await textFor('lead', `asOf: { position: "${String(position)}" }`)).not.toContain(SECRET.rating);
  });

  it('is in no message of a subscription, live or replayed', async () => {
    const listener = await Listener.open(app.url, await app.token('auditor'));
    listener.subscribe('events', `subscription { eventRecorded(after: "0", filter: { category: "appraisal" }) { kind position event { ${EVENT} } } }`);
    listener.subscribe('appraisals', `subscription { appraisalChanged(after: "0") { kind position event { ${EVENT} } view { ${APPRAISAL} } } }`);
    const isRated = (message: Json): boolean => JSON.stringify(message).includes('EvaluationSubmitted');
    await listener.until('events', isRated);
    await listener.until('appraisals', isRated);
    expect(JSON.stringify(listener.messages)).not.toContain(SECRET.rating);
    expect(JSON.stringify(listener.messages)).not.toContain(SECRET.comment);
    await listener.close();
  });

  it('stands in no document, history or parking of the read models; only the fold’s own states hold it', async () => {
    const { rows: tables } = await app.runtime.pool.query<{ name: string }>("SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND (table_name LIKE 'appraisal%' OR table_name LIKE 'event%') AND table_name NOT LIKE '%\\_state\\_\\_%'");
    expect(tables.length).toBeGreaterThan(3);
    for (const { name } of tables) {
      const { rows } = await app.runtime.pool.query<{ found: string }>(`SELECT count(*) AS found FROM ${name} AS t WHERE t::text LIKE $1`, [`%${SECRET.rating}%`]);
      expect([name, Number(rows[0]?.found)]).toEqual([name, 0]);
    }
  });
});

describe('the same appraisal unsealed and published', () => {
  let beforeUnsealing: number;
  beforeAll(async () => {
    const { stage, id } = team;
    const { simulation } = app.simulated;
    beforeUnsealing = (await app.runtime.store.head()).position;
    const rate = (by: string, kind: string, value: string) => stage.must({ key: `rate ${kind}`, by, aggregate: 'appraisal', type: 'SubmitEvaluation', id: team.appraisal, data: { kind, ratings: [{ indicator: 'teamwork', value }] } });
    await simulation.advance(noon('2026-07-20'));
    await stage.must({ key: 'sold', by: id.finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: id.seller, metric: 'sales', facts: [{ source: 'crm', factId: 'd1', occurredOn: '2026-07-10', value: '300', evidence: 'a'.repeat(64) }] } });
    await rate(id.seller, 'SELF', '90');
    await rate(id.peer, 'CROSS_DEPARTMENT', '60');
    await simulation.advance(noon('2026-10-12'));
    await stage.must({ key: 'published', by: id.hr, aggregate: 'appraisal', type: 'PublishScore', id: team.appraisal, data: {} });
    await simulation.settle();
  }, 60_000);

  it.each(['seller', 'lead', 'hr', 'auditor', 'director'] as const)('shows ratings and figures to %s', async (who) => {
    const answer = await everything(who);
    expect(at(answer, 'appraisal')).toMatchObject({ sight: 'FULL', status: 'PUBLISHED', revisions: [{ revision: 1, status: 'RATED' }] });
    expect(at(answer, 'appraisal.evaluations').map(({ ratings }: Json) => ratings?.[0].value)).toEqual([SECRET.rating, '90', '60']);
    expect(at(answer, 'appraisal.total')).toBe(at(answer, 'appraisal.revisions.0.total'));
    expect(at(answer, 'scoreHistory.totalCount')).toBeGreaterThan(2);
  });

  it.each(['finance', 'peer'] as const)('shows %s neither figures nor the ratings of others', async (who) => {
    const answer = await everything(who);
    const published = await everything('hr');
    expect(at(answer, 'appraisal')).toMatchObject({ sight: 'NONE', total: null, grade: null, score: null, revisions: [{ revision: 1, status: null, total: null, grade: null, derivationDigest: null }] });
    const others = at(answer, 'appraisal.evaluations').filter(({ evaluatorId }: Json) => evaluatorId !== team.id[who]);
    expect(others.every(({ ratings, comment }: Json) => ratings === null && comment === null)).toBe(true);
    expect([at(answer, 'scoreHistory'), at(answer, 'explainScore')]).toEqual([null, null]);
    const text = JSON.stringify(answer);
    for (const figure of [SECRET.rating, String(at(published, 'appraisal.total'))]) expect(text).not.toContain(figure);
    const byTotal = await app.ask(who, '{ byTotal: appraisals(orderBy: TOTAL_DESC) { totalCount } byGrade: appraisals(filter: { grade: "A" }) { totalCount } all: appraisals { totalCount } }');
    expect(byTotal.data).toEqual({ byTotal: { totalCount: 0 }, byGrade: { totalCount: 0 }, all: { totalCount: 1 } });
  });

  it('shows no rating as of a moment before the unsealing, whoever asks', async () => {
    for (const who of EVERYBODY) {
      expect(await textFor(who, `asOf: { position: "${String(beforeUnsealing)}" }`)).not.toContain(SECRET.rating);
    }
  });

  it('is recomputed from its basis, digit by digit, whatever came since', async () => {
    const { stage, id } = team;
    await stage.must({ key: 'late', by: id.finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: id.seller, metric: 'sales', facts: [{ source: 'crm', factId: 'd2', occurredOn: '2026-09-10', value: '500', evidence: 'b'.repeat(64) }] } });
    await app.simulated.simulation.settle();
    const answer = await app.ask('seller', `query ($id: ID!) { explainScore(appraisal: $id, revision: 1) { publishedRevision agrees position recordedAt schemeVersion cycleStream eligible { from to } ${EXPLAIN} zh: text(locale: ZH_CN) } now: explainScore(appraisal: $id) { publishedRevision figures { lateFacts { what factId } total } } appraisal(id: $id) { total } none: explainScore(appraisal: $id, revision: 2) { agrees } }`, { id: appraisal });
    expect(answer.errors).toBeUndefined();
    const explained = at(answer, 'explainScore');
    expect(explained).toMatchObject({ publishedRevision: 1, agrees: true, figures: { provisional: false, total: at(answer, 'appraisal.total') } });
    expect(explained.nodes[0]).toMatchObject({ label: expect.any(String), source: null });
    const leaves = explained.nodes.filter(({ source }: Json) => source !== null);
    expect(leaves.length).toBeGreaterThan(5);
    expect(leaves.every(({ source }: Json) => Number(source.position) >= 0)).toBe(true);
    expect(explained.text).toMatch(/^person: Person seller\ncycle: cycle-QUARTER-2026Q3\nrevision: 1\nposition: \d+\ntime: 2026-10-12T\d\d:\d\d:\d\d Asia\/Shanghai, 2026-10-12T.*Z\nscheme: .*, version 1\nengine: 1\.0\.0\n\n/);
    expect(explained.zh).toMatch(/^人员: /);
    expect(at(answer, 'now')).toMatchObject({ publishedRevision: null, figures: { lateFacts: [{ what: 'FACT', factId: 'd2' }] } });
    expect(at(answer, 'none')).toBeNull();
  });

  it('compares two moments of its score', async () => {
    const answer = await app.ask('seller', `query ($id: ID!) { compareScore(appraisal: $id, from: { asOf: { position: "${String(beforeUnsealing)}" } }, to: { revision: 1 }) { differs totalDifference indicators { code before { state } after { state score } } from { figures { status } } to { agrees } } }`, { id: appraisal });
    expect(answer.data).toMatchObject({ compareScore: { differs: true, totalDifference: null, from: { figures: { status: 'NOT_RATED' } }, to: { agrees: true } } });
    expect(at(answer, 'compareScore.indicators').map(({ code }: Json) => code)).toEqual(['sales', 'teamwork']);
  });
});
