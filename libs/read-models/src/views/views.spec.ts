import { describe, expect, it } from '@jest/globals';
import { derivationDigest, sees, type Principal, type Recorded, type Role, type Visibility } from '@assay/domain';
import { LogError } from '@assay/event-log';
import { memoryFinder } from '../memory-finder.fixture.js';
import { foldBatch } from '../projection/fold-batch.js';
import { accessRowOf } from '../query/scan.js';
import { Moment } from '../replay/replay.js';
import { membersFromLog, Prefix } from '../replay/stream-folds.js';
import { MemoryTables } from '../store/memory-tables.js';
import type { View } from '../view/view.js';
import { allViews } from './all.js';
import { appraisalView, explanationView, type AppraisalDocument } from './appraisal.projector.js';
import { companyView } from './company.projector.js';
import { visibleEvents } from './event-access.js';
import { eventDocumentOf, eventView, type EventDocument } from './event.projector.js';
import { factView } from './fact.projector.js';
import { goalView } from './goal.projector.js';
import { personView } from './person.projector.js';
import { isAfterPeriod } from './period-facts.js';
import { recomputePublished } from './published-score.js';
import { readableEvents } from './readable-events.js';
import { recalibrationKey, recalibrationView } from './recalibration.projector.js';
import { schemeView } from './scheme.projector.js';
import { cycleView } from './cycle.projector.js';
import {
  ADMIN,
  APPRAISAL,
  CHILD,
  CROSS,
  CYCLE,
  DIRECTOR,
  FINANCE,
  GOAL,
  HEAD,
  HR,
  id,
  LI,
  LI_TARGET,
  RECALIBRATION,
  recordedStory,
  SCHEME,
  SEALED,
  SEALED_APPENDS,
  SEALED_COMMENT,
  UNIT_FACTS,
  UNIT_TARGET,
  WU,
  WU_TARGET,
} from './story.fixture.js';
import { progressView, targetView } from './target.projector.js';

const story = recordedStory();
const events = story.flat();
const head = events.length - 1;
const sealedHead = story.slice(0, SEALED_APPENDS).flat().length - 1;
const lastOf = (type: string): number => events.findLast((event) => event.type === type)?.position ?? -1;

/** The log as read models read it. */
const source = {
  readAll: ({ afterPosition, upTo = head, max = 1000 }: { readonly afterPosition: number; readonly upTo?: number; readonly max?: number }) =>
    Promise.resolve(events.filter(({ position }) => position > afterPosition && position <= upTo).slice(0, max)),
  readStream: (stream: string): Promise<readonly Recorded[]> => {
    const own = events.filter((event) => event.stream === stream);
    return own.length === 0 ? Promise.reject(new LogError('StreamNotFound', stream)) : Promise.resolve(own);
  },
};

/** A view's tables after the appends up to a position, folded in the batches given. */
async function folded(view: View, upTo = head, batches: readonly (readonly Recorded[])[] = [events]): Promise<MemoryTables> {
  const tables = new MemoryTables();
  for (const batch of batches) {
    const known = batch.filter(({ position }) => position <= upTo);
    tables.apply(await foldBatch(view, known, { source: tables }));
  }
  return tables;
}
async function docAt<Doc>(view: View<Doc>, key: string, upTo = head): Promise<Doc> {
  const doc = (await folded(view, upTo)).rows.get(key)?.doc;
  if (!doc) throw new Error(`no ${view.name} ${key} at ${upTo}`);
  return doc as Doc;
}
const rowsText = ({ rows }: MemoryTables): string => JSON.stringify([...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
const momentOf = <Doc>(view: View<Doc>, upTo: number, effectiveOn?: string) =>
  new Moment(view, new Prefix(source, upTo), { groups: membersFromLog(source, view, upTo), options: effectiveOn === undefined ? {} : { effectiveOn } });
const principal = (personId: string, roles: readonly Role[], more: Partial<Principal> = {}): Principal => ({ personId, roles: new Set(roles), manages: new Set(), heads: new Set(), seats: new Set(), ...more });
const appraisalKey = `appraisal-${APPRAISAL}`;
const total = ({ score }: AppraisalDocument): string | null => score.total;

describe('every view', () => {
  it.each(allViews.map((view) => [view.name, view] as const))('%s: parks nothing, and shows the same however the log is cut into batches', async (_name, view) => {
    const [whole, single] = [await folded(view), await folded(view, head, story)];
    expect([...whole.parked.values()]).toEqual([]);
    expect(whole.rows.size).toBeGreaterThan(0);
    expect(rowsText(single)).toBe(rowsText(whole));
    expect(JSON.stringify(single.history)).toBe(JSON.stringify(whole.history));
  });

  it.each(allViews.map((view) => [view.name, view] as const))('%s: is the same as of the head, of any position, and after a round through JSON', async (_name, view) => {
    for (const upTo of [sealedHead, lastOf('CycleDataCutOff'), head]) {
      const tables = await folded(view, upTo);
      for (const [key, { doc }] of tables.rows) {
        expect(JSON.stringify(await momentOf(view, upTo).doc(key))).toBe(JSON.stringify(doc));
        expect(JSON.parse(JSON.stringify(doc))).toEqual(doc);
      }
    }
  });

  it.each(allViews.map((view) => [view.name, view] as const))('%s: holds nothing that is sealed, in documents and history', async (_name, view) => {
    const tables = await folded(view, sealedHead);
    const shown = JSON.stringify([[...tables.rows.values()], tables.history]);
    for (const secret of [SEALED.SELF, SEALED.SUPERIOR, '55.5', SEALED_COMMENT]) expect(shown).not.toContain(secret);
  });
});

describe('the company', () => {
  it('shows units with heads, calendar, roles, seats, integrations, and the proposal to assent to', async () => {
    const doc = await docAt(companyView, 'company');
    expect(doc).toMatchObject({ timeZone: 'Asia/Shanghai', revision: 8, position: 8 });
    expect(doc.units.map(({ code, heads }) => [code, heads[0]?.head])).toEqual([['EAST', HEAD], ['WEST', null]]);
    expect(doc.integrations.map(({ sources }) => sources)).toEqual([['crm']]);
    expect(doc.seatChange?.proposal).toMatchObject({ eventId: id(1008), proposer: ADMIN });
    expect(doc.seatChange?.proposal.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('people', () => {
  it('are found by manager, unit, identity and account, whatever the day', async () => {
    const { rows } = await folded(personView);
    expect(rows.get(`person-${WU}`)?.columns).toMatchObject({ subject: WU, manager: DIRECTOR, managers: [HEAD, DIRECTOR], units: ['EAST', 'WEST'], ownerUnit: 'WEST' });
    expect(rows.get(`person-${LI}`)?.columns).toMatchObject({ identities: ['["https://id","li"]'], accounts: ['d'.repeat(64)], status: 'HERE' });
  });

  it('are as the day had them, where a day is asked for', async () => {
    const doc = await momentOf(personView, head, '2026-02-01').doc(`person-${WU}`);
    expect(doc?.assignments.map(({ unit }) => unit)).toEqual(['EAST']);
    expect(await momentOf(personView, head, '2024-01-01').doc(`person-${WU}`)).toBeNull();
  });
});

describe('targets', () => {
  const keys = [LI_TARGET, WU_TARGET, UNIT_TARGET].map((target) => `target-${target}`);

  it('show what came of them over the whole period', async () => {
    const [li, wu, unit] = await Promise.all(keys.map((key) => docAt(targetView, key)));
    expect(li).toMatchObject({ actual: '750', effectiveTarget: { target: '1500' }, attainment: '0.5', deviation: '-0.5', keyActionsDone: 2, keyActionsPlanned: 4, keyActionCompletion: '0.5', isCutOff: true, managerId: HEAD, unitOfMeasure: 'CNY' });
    expect(li?.versions.map(({ cause, recalibration }) => [cause, recalibration])).toEqual([['SET', null], ['RECALIBRATED', RECALIBRATION]]);
    // Held from January to February: 59 of 90 days; the fact of March counts no more for East.
    expect(wu).toMatchObject({ actual: '200', assigned: { from: '2026-01-01', to: '2026-02-28' } });
    // Members by their unit on the day: Li's 750 and Wu's 200 of February.
    expect(unit).toMatchObject({ owner: 'unit:EAST', actual: '950', effectiveTarget: { target: '1500' }, managerId: null });
  });

  it('name the recalibration that is open, and none after it', async () => {
    expect((await docAt(targetView, `target-${LI_TARGET}`, lastOf('FeedbackGiven'))).openRecalibrationId).toBe(RECALIBRATION);
    expect((await docAt(targetView, `target-${LI_TARGET}`)).openRecalibrationId).toBeNull();
  });

  it('leave out what was not yet true on a day', async () => {
    const doc = await momentOf(targetView, head, '2026-01-31').doc(`target-${LI_TARGET}`);
    expect(doc).toMatchObject({ actual: '400' });
    expect(await momentOf(targetView, head, '2025-12-31').doc(`target-${LI_TARGET}`)).toMatchObject({ versions: [], noData: true });
  });

  it('have a row of the progress board, from the same states', async () => {
    const calendars = (await docAt(companyView, 'company')).calendars;
    const row = await momentOf(progressView({ day: '2026-01-31', calendars }), head).doc(`target-${LI_TARGET}`);
    // 64 working days in the quarter, one of them a holiday; 21 of January.
    expect(row).toMatchObject({ actual: '400', elapsedWorkingDays: 21, workingDays: 63, keyActionsDone: 2 });
  });
});

describe('appraisals', () => {
  it('show who is due and who is in, and no ratings, while sealed', async () => {
    const doc = await docAt(appraisalView, appraisalKey, sealedHead);
    expect(doc.isSealed).toBe(true);
    expect(doc.due.map(({ kind, isIn }) => [kind, isIn])).toEqual([['SELF', true], ['SUPERIOR', true], ['CROSS_DEPARTMENT', false]]);
    expect(doc.evaluations.map(({ ratings, comment, revisions }) => [ratings, comment, revisions])).toEqual([[[], null, 0], [[], null, 0]]);
    expect(doc.score.pending).toEqual([{ indicator: 'teamwork', code: 'SEALED' }]);
    expect((await folded(appraisalView, sealedHead)).rows.get(appraisalKey)?.columns).toMatchObject({ awaited: [CROSS], total: '50.00' });
  });

  it('show the ratings and the whole score once unsealed, then its publication', async () => {
    const doc = await docAt(appraisalView, appraisalKey);
    // 0.6 * 50 + 0.4 * (0.1 * 91.375 + 0.6 * 77.125 + 0.3 * 66.625)
    expect(total(doc)).toBe('60.16');
    expect(doc.evaluations.map(({ ratings }) => ratings[0]?.value)).toEqual([SEALED.SELF, SEALED.SUPERIOR, SEALED.CROSS]);
    expect(doc).toMatchObject({ status: 'FINAL', total: '60.16', grade: 'C', filingEndsOn: '2026-05-04', isCutOff: true, superiorId: HEAD });
    expect(doc.score.lateFacts.map(({ factId }) => factId)).toEqual(['deal-6']);
  });

  it('are provisional as of a day, without the facts after it', async () => {
    const doc = await momentOf(appraisalView, head, '2026-01-31').doc(appraisalKey);
    expect(doc?.score).toMatchObject({ provisional: true });
    expect(doc?.score.indicators[0]?.actual).toBe('400');
  });

  it('are explained down to events, with and without ratings', async () => {
    const whole = await momentOf(explanationView(), head).doc(appraisalKey);
    const none = await momentOf(explanationView('NONE'), head).doc(appraisalKey);
    expect(whole?.score.derivation.inputs.length).toBeGreaterThan(0);
    expect(JSON.stringify(none?.score)).not.toContain(SEALED.CROSS);
    const sealed = await momentOf(explanationView(), sealedHead).doc(appraisalKey);
    expect(JSON.stringify(sealed)).not.toContain(SEALED.SUPERIOR);
  });

  it('keep a history of one row per append that moved the score', async () => {
    const { history } = await folded(appraisalView);
    const rows = history.map(({ row }) => row as { type: string; actor: string; reason: string | null; effectiveOn: string | null; after: { total: string } });
    expect(rows.map(({ type, after }) => [type, after.total])).toEqual([
      ['AppraisalOpened', null],
      ['FactRecorded', '70.00'],
      ['FactRecorded', '75.00'],
      ['FactRestated', '80.00'],
      ['FactRetracted', '75.00'],
      ['TargetRecalibrated', '50.00'],
      ['EvaluationsUnsealed', '60.16'],
    ]);
    expect(rows[3]).toMatchObject({ reason: 'the invoice said so', effectiveOn: '2026-02-20', before: { total: '75.00' } });
    expect(rows[5]?.actor).toBe(DIRECTOR);
  });
});

it('reckons nothing anew for what happened after a period', () => {
  const [recorded] = events.filter(({ type }) => type === 'FactRecorded');
  if (recorded === undefined) throw new Error('the story records facts');
  const on = (occurredOn: string, type = 'FactRecorded') => isAfterPeriod({ ...recorded, type, data: { ...Object(recorded.data), occurredOn } }, { from: '2026-01-01', to: '2026-03-31' });
  expect([on('2026-04-01'), on('2026-03-31'), on('2025-12-31'), on('2026-04-01', 'FactRestated')]).toEqual([true, false, false, false]);
  const report = (from: string) => isAfterPeriod({ ...recorded, type: 'PeriodReported', data: { from, to: '2026-06-30' } }, { from: '2026-01-01', to: '2026-03-31' });
  expect([report('2026-04-01'), report('2026-03-31')]).toEqual([true, false]);
});

describe('a publication', () => {
  const publishedAt = lastOf('ScorePublished');
  /** The story with a publication that fixes what was reckoned at the cut-off, the late fact committed meanwhile. */
  async function withBasis(change: object): Promise<typeof source> {
    const cutOff = lastOf('CycleDataCutOff');
    const reckoned = await momentOf(explanationView(), cutOff).doc(appraisalKey);
    const known = events.filter(({ position }) => position <= cutOff);
    const basis = [...new Map(known.map(({ stream, revision }) => [stream, revision]))].map(([stream, revision]) => ({ stream, revision }));
    const digest = reckoned === null ? '' : derivationDigest(reckoned.score.derivation);
    const fixed = events.map((event) =>
      event.position === publishedAt ? { ...event, data: { ...Object(event.data), basis, derivationDigest: digest, ...change } } : event,
    );
    return { ...source, readStream: async (stream) => fixed.filter((event) => event.stream === stream) };
  }

  it('is recomputed from its basis, digit by digit', async () => {
    const again = await recomputePublished(await withBasis({}), appraisalKey, 1);
    expect(again).toMatchObject({ agrees: true, score: { total: '60.16', provisional: false, lateFacts: [] }, published: { revision: 1 } });
  });

  it('does not agree where anything in it was otherwise', async () => {
    for (const change of [{ total: '60.17' }, { grade: 'A' }, { derivationDigest: 'e'.repeat(64) }]) {
      expect((await recomputePublished(await withBasis(change), appraisalKey, 1))?.agrees).toBe(false);
    }
  });
});

describe('goals, schemes, cycles, recalibrations, facts', () => {
  it('show the proposal to assent to', async () => {
    expect((await docAt(goalView, `goal-${GOAL}`)).proposed?.proposal).toMatchObject({ eventId: id(1023), proposer: HR });
    expect((await docAt(goalView, `goal-${CHILD}`)).parent).toBe(GOAL);
    const pending = await docAt(schemeView, `scheme-${SCHEME}`, lastOf('SchemeVersionProposed'));
    expect(pending.pending).toMatchObject({ approved: false, proposal: { eventId: id(1025) } });
    expect((await docAt(schemeView, `scheme-${SCHEME}`)).versions).toHaveLength(1);
  });

  it('keep recalibrations out of their cycle, one row each', async () => {
    expect(await docAt(cycleView, CYCLE)).not.toHaveProperty('recalibrations');
    const open = (await folded(recalibrationView, lastOf('RecalibrationRequested'))).rows;
    expect([...open.keys()]).toEqual([recalibrationKey(CYCLE, RECALIBRATION)]);
    expect([...open.values()][0]?.columns).toMatchObject({ requester: HEAD, affected: [LI], owner: [LI], feedbackDue: [LI], status: 'FEEDBACK' });
    expect((await docAt(recalibrationView, recalibrationKey(CYCLE, RECALIBRATION))).status).toBe('APPLIED');
  });

  it('keep one row a fact, in its last wording', async () => {
    const rows = [...(await folded(factView)).rows.values()].map(({ doc }) => doc as { factId: string; value: string; status: string; unit: string; owner: string });
    const byId = new Map(rows.map((row) => [row.factId, row]));
    expect(rows).toHaveLength(7);
    expect(byId.get('deal-2')).toMatchObject({ value: '350', factRevision: 2, status: 'RECORDED', unit: 'EAST' });
    expect(byId.get('deal-3')?.status).toBe('RETRACTED');
    expect([byId.get('deal-4')?.unit, byId.get('deal-5')?.unit]).toEqual(['EAST', 'WEST']);
    expect(byId.get('visits-1')).toMatchObject({ owner: 'unit:EAST', unit: 'EAST' });
  });
});

describe('the audit trail', () => {
  async function shownTo(reader: Principal): Promise<readonly EventDocument[]> {
    const tables = await folded(eventView);
    const visibility: Visibility = visibleEvents(reader);
    return tables.history
      .filter(({ key }) => sees(visibility, accessRowOf(tables.rows.get(key)?.columns ?? {})))
      .map(({ row }) => row as EventDocument)
      .sort((a, b) => a.position - b.position);
  }

  it('has every event once', async () => {
    const { history } = await folded(eventView);
    expect(history.map(({ position }) => position).sort((a, b) => a - b)).toEqual(events.map(({ position }) => position));
  });

  it('is read under the access of each stream', async () => {
    expect(await shownTo(principal(HR, ['HR', 'ADMIN', 'EMPLOYEE']))).toHaveLength(events.length);
    expect(await shownTo(principal(LI, []))).toEqual([]);
    const wu = await shownTo(principal(WU, ['EMPLOYEE'], { unit: 'WEST' }));
    const streams = new Set(wu.map(({ stream }) => stream));
    expect([`target-${WU_TARGET}`, `facts-${WU}-sales`, `person-${WU}`, `goal-${GOAL}`].every((stream) => streams.has(stream))).toBe(true);
    expect([`target-${LI_TARGET}`, `facts-${LI}-sales`, `person-${LI}`, appraisalKey].some((stream) => streams.has(stream))).toBe(false);
    expect(wu.filter(({ stream }) => stream === CYCLE).map(({ type }) => type)).toEqual(['CycleOpened', 'CycleDataCutOff']);
    const head = await shownTo(principal(HEAD, ['EMPLOYEE', 'MANAGER'], { manages: new Set([LI]), heads: new Set(['EAST']) }));
    expect(head.filter(({ stream }) => stream === CYCLE).map(({ type }) => type)).toContain('RecalibrationApproved');
    expect(head.some(({ stream }) => stream === `facts-${LI}-sales`)).toBe(true);
    expect(head.some(({ stream }) => stream === UNIT_FACTS)).toBe(true);
  });

  const rows = events.map(eventDocumentOf);
  const ratingsOf = (read: readonly EventDocument[]): string => JSON.stringify(read.filter(({ category }) => category === 'appraisal'));

  it('gives sealed fields back once they are unsealed, now and then', async () => {
    const reader = principal(HR, ['HR', 'EMPLOYEE']);
    const now = await readableEvents(source, rows, { principal: reader });
    expect(ratingsOf(now)).toContain(SEALED.SUPERIOR);
    expect(now.some(({ sealed }) => sealed)).toBe(false);
    const then = await readableEvents(source, rows, { principal: reader, upTo: sealedHead });
    for (const secret of [SEALED.SELF, SEALED.SUPERIOR, SEALED.CROSS, SEALED_COMMENT]) expect(ratingsOf(then)).not.toContain(secret);
    const author = await readableEvents(source, rows, { principal: principal(HEAD, ['EMPLOYEE']), upTo: sealedHead });
    expect(ratingsOf(author)).not.toContain(SEALED.SUPERIOR);
  });

  it('shows nothing sealed to anybody but its author before the unsealing', async () => {
    const early = { ...source, readStream: async (stream: string) => (await source.readStream(stream)).filter(({ position }) => position <= sealedHead) };
    const known = rows.filter(({ position }) => position <= sealedHead);
    for (const reader of [principal(HR, ['HR', 'AUDITOR', 'ADMIN', 'COMMITTEE']), principal(LI, ['EMPLOYEE']), principal(CROSS, ['EMPLOYEE'])]) {
      expect(ratingsOf(await readableEvents(early, known, { principal: reader }))).not.toContain(SEALED.SUPERIOR);
    }
    expect(ratingsOf(await readableEvents(early, known, { principal: principal(HEAD, ['EMPLOYEE']) }))).toContain(SEALED.SUPERIOR);
    expect(ratingsOf(await readableEvents(early, known, { principal: principal(HEAD, ['EMPLOYEE']) }))).not.toContain(SEALED.SELF);
  });

  it('keeps figures and ratings from evaluators of other departments, and identities from all but their keepers', async () => {
    const cross = await readableEvents(source, rows, { principal: principal(CROSS, ['EMPLOYEE']) });
    expect(cross.find(({ type }) => type === 'ScorePublished')?.data).toMatchObject({ total: null, grade: null });
    expect(ratingsOf(cross)).not.toContain(SEALED.SUPERIOR);
    expect(ratingsOf(cross)).toContain(SEALED.CROSS);
    expect(cross.find(({ type }) => type === 'LogOpened')?.data).toMatchObject({ name: 'XX Tech', admin: { issuer: null, subject: null } });
    const admin = await readableEvents(source, rows, { principal: principal(ADMIN, ['ADMIN']) });
    expect(admin.find(({ type }) => type === 'IdentityLinked')?.data).toEqual({ issuer: 'https://id', subject: 'li' });
  });
});

describe('the finder of a dry run', () => {
  const finder = memoryFinder(source);
  it('answers what handlers ask', async () => {
    expect(await finder.personByIdentity({ issuer: 'https://id', subject: 'li' }, head)).toBe(LI);
    expect(await finder.personByIdentity({ issuer: 'https://other', subject: 'li' }, head)).toBeNull();
    expect(await finder.personBySourceAccount('d'.repeat(64), head)).toBe(LI);
    expect(await finder.reportsOf(HEAD, '2026-02-01', head)).toEqual([LI, WU]);
    expect(await finder.reportsOf(HEAD, '2026-03-01', head)).toEqual([LI]);
    expect(await finder.membersOf('WEST', { from: '2026-01-01', to: '2026-02-28' }, head)).toEqual([DIRECTOR, HR, CROSS]);
    expect(await finder.membersOf('WEST', { from: '2026-01-01', to: '2026-03-31' }, head)).toContain(WU);
    expect(await finder.people(head)).toHaveLength(6);
    expect(await finder.childGoals([GOAL], head)).toEqual([CHILD]);
    expect(await finder.targetsOfGoals([CHILD, GOAL], head)).toEqual([LI_TARGET, WU_TARGET, UNIT_TARGET]);
    expect(await finder.targetsOf({ ownerId: LI, cycle: CYCLE }, head)).toEqual([LI_TARGET]);
    expect(await finder.appraisalsOf({ cycle: CYCLE }, head)).toEqual([APPRAISAL]);
    expect(await finder.schemes(head)).toEqual([SCHEME]);
    expect([await finder.metricInUse('sales', head), await finder.metricInUse('none', head)]).toEqual([true, false]);
    expect([...(await finder.factOwners('sales', [{ source: 'crm', factId: 'deal-4' }], head)).values()]).toEqual([[WU]]);
    expect(await finder.appraisalsOf({ personId: FINANCE }, head)).toEqual([]);
  });
});
