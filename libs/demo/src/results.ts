import { sha256Hex, type Day } from '@assay/domain';
import { inParallel, type Step } from '@assay/runtime';
import { HR_OFFICER } from './cast.js';
import { after, type DemoCycle } from './dates.js';
import { roleOf } from './measures.js';
import { RATED } from './schemes.js';
import { headOf, type Assignment, type Demo, type Entry } from './world.js';

/** What each cycle comes to: openings, evaluations, publication, delivery, interviews, finalization; then the year. */
export function resultEntries(demo: Demo): readonly Entry[] {
  const [year] = demo.dates.years;
  const composites: Entry = { at: demo.at(demo.dates.compositesOn, 9), label: `composites of ${year}`, run: () => publishComposites(demo, year) };
  return [...demo.dates.cycles.flatMap((cycle) => cycleEntries(demo, cycle)), composites];
}

type Work = (demo: Demo, cycle: DemoCycle, segment: Assignment) => Promise<void>;

function cycleEntries(demo: Demo, cycle: DemoCycle): readonly Entry[] {
  const { period, dueOn, publishedOn, interviewOn, finalOn } = cycle;
  const segments = demo.segmentsIn(cycle);
  const entry = (day: Day, hour: number, [what, work]: readonly [string, Work]): Entry => ({
    at: demo.at(day, hour),
    label: `${what} of ${cycle.code}`,
    run: async () => void (await inParallel(segments, (segment) => work(demo, cycle, segment))),
  });
  const rated: readonly Entry[] = [
    entry(after(period.to, 1), 10, ['self evaluations', evaluateSelf]),
    entry(after(period.to, 1), 15, ['superiors’ evaluations', (...of) => evaluate(...of, 'SUPERIOR')]),
    entry(dueOn, 10, ['cross-department evaluations', (...of) => evaluate(...of, 'CROSS_DEPARTMENT')]),
  ];
  const closing: readonly Entry[] =
    interviewOn === null
      ? []
      : [
          entry(interviewOn, 10, ['interviews', interview]),
          entry(interviewOn, 15, ['acknowledgements', acknowledge]),
          entry(finalOn, 9, ['finalization', (...of) => byHr(...of, { type: 'FinalizeAppraisal', data: {} })]),
        ];
  return [
    entry(period.from, 9, ['appraisals', open]),
    ...(cycle.level === 'MONTH' ? [] : rated),
    entry(publishedOn, 9, ['publication', (...of) => byHr(...of, { type: 'PublishScore', data: {} })]),
    entry(publishedOn, 17, ['results', communicate]),
    ...closing,
  ];
}

const keyOf = (what: string, cycle: DemoCycle, { person, from }: Assignment): string => `${what} ${cycle.stream} ${person} ${from}`;

type Act = Pick<Step, 'type' | 'data' | 'reason'>;
type Of = readonly [demo: Demo, cycle: DemoCycle, segment: Assignment];

/** A step on the appraisal of a segment, by the person named. */
async function act([demo, cycle, segment]: Of, by: string, { type, ...rest }: Act): Promise<void> {
  const id = demo.appraisal(segment.person, cycle, segment.from);
  await demo.stage.must({ key: keyOf(`${type} ${by}`, cycle, segment), by: demo.person(by), aggregate: 'appraisal', type, id, ...rest });
}

const byHr = (...[demo, cycle, segment, step]: [...Of, Act]): Promise<void> => act([demo, cycle, segment], HR_OFFICER, step);

/** The first segment's; the process manager opens what a transfer adds. */
async function open(...[demo, cycle, segment]: Of): Promise<void> {
  if (segment.from !== cycle.period.from) return;
  const rater = { kind: 'CROSS_DEPARTMENT', evaluatorId: demo.person(headOf(roleOf(segment.role).ratedBy)) };
  const data = { personId: demo.person(segment.person), cycle: cycle.stream, segmentFrom: segment.from, ...(cycle.level === 'MONTH' ? {} : { evaluators: [rater] }) };
  await demo.stage.must({ key: keyOf('open', cycle, segment), by: demo.person(HR_OFFICER), aggregate: 'appraisal', type: 'OpenAppraisal', data });
}

/** One in so many leaves the self evaluation out: its weight goes to the others. */
const SILENT_ONE_IN = 12;

async function evaluateSelf(...of: Of): Promise<void> {
  const [demo, cycle, { person }] = of;
  const silent = demo.chance(SILENT_ONE_IN, 'silent', person, cycle.code) === 0;
  if (!silent && demo.isHere(person, after(cycle.period.to, 1))) await evaluate(...of, 'SELF');
}

type Kind = 'SELF' | 'SUPERIOR' | 'CROSS_DEPARTMENT';
const COMMENTS: Readonly<Record<Kind, readonly string[]>> = {
  SELF: ['目标基本完成，协作还可以更主动。Mostly reached; I could have worked with others sooner.', '本期试了两种新打法，一种有效。Tried two new ways, one of which worked.'],
  SUPERIOR: ['结果稳定，带动了新人。Steady results, and a help to newcomers.', '过程扎实，复盘要更早。Thorough work; look back earlier next time.', '创新有想法，落地偏慢。Good ideas, slow to land.'],
  CROSS_DEPARTMENT: ['响应及时，资料齐全。Quick to answer, with everything at hand.', '跨部门配合到位。Works well with us.'],
};

async function evaluate(...[demo, cycle, segment, kind]: [...Of, Kind]): Promise<void> {
  const by = { SELF: segment.person, SUPERIOR: segment.manager, CROSS_DEPARTMENT: headOf(roleOf(segment.role).ratedBy) }[kind];
  const chance = (below: number, what: string): number => demo.chance(below, kind, segment.person, segment.from, cycle.code, what);
  const ratings = RATED.map(({ code }) => ({ indicator: code, value: String(70 + chance(26, code)) }));
  const comment = COMMENTS[kind][chance(COMMENTS[kind].length, 'comment')];
  await act([demo, cycle, segment], by, { type: 'SubmitEvaluation', data: { kind, ratings, comment } });
}

/** Who is still here opens the result; of A-1 only every other one has. To who left it is handed over. */
async function communicate(...of: Of): Promise<void> {
  const [demo, cycle, { person }] = of;
  if (!demo.isHere(person, cycle.publishedOn)) return byHr(...of, { type: 'HandOverResult', data: { evidence: sha256Hex(keyOf('handed over', cycle, of[2])) } });
  const unread = cycle.interviewOn === null && demo.chance(2, 'unread', person) === 0;
  if (!unread) await act(of, person, { type: 'OpenResult', data: {} });
}

async function interview(...of: Of): Promise<void> {
  const [demo, cycle, { person, manager }] = of;
  const heldOn = cycle.interviewOn;
  if (heldOn === null) return;
  if (cycle.level === 'MONTH') return byHr(...of, { type: 'WaiveInterview', data: {}, reason: '月度结果在周会上沟通。Months are gone through in the weekly meeting.' });
  if (!demo.isHere(person, heldOn)) return byHr(...of, { type: 'WaiveInterview', data: {}, reason: '员工已离职。Has left the company.' });
  const notes = '逐项核对数据与案例，并约定下期重点。Went through figures and cases, and agreed on what comes next.';
  await act(of, manager, { type: 'RecordInterview', data: { heldOn, notes } });
}

async function acknowledge(...of: Of): Promise<void> {
  const [demo, cycle, { person }] = of;
  if (cycle.level !== 'MONTH' && demo.isHere(person, cycle.interviewOn ?? '')) await act(of, person, { type: 'AcknowledgeResult', data: {} });
}

async function publishComposites(demo: Demo, year: string): Promise<void> {
  const people = [...new Set(demo.assignments.map(({ person }) => person))];
  await inParallel(people, (person) => demo.stage.must({ key: `composite ${year} ${person}`, by: demo.person(HR_OFFICER), aggregate: 'composite', type: 'PublishComposite', data: { personId: demo.person(person), year } }));
}
