import { wasRejected } from '@assay/commands';
import { addDays, CYCLE_DEFAULTS, type Principal } from '@assay/domain';
import type { TeamMember } from './deals.js';
import { idOf, inParallel, instantOf, rejectionText, type Step } from '@assay/runtime';
import { workingDay, type Entry, type PlannedCycle, type Replay } from './replay-world.js';

/** An appraisal under way. `stopped`: a rule refused a step of it, so what would follow is left out. */
interface Course {
  readonly member: TeamMember;
  readonly cycle: PlannedCycle;
  readonly id: string;
  stopped: boolean;
}

/** What each cycle with targets comes to: openings, reports, publication, interviews, finalization; then the year. */
export function resultEntries(replay: Replay, integration: () => Promise<Principal>): readonly Entry[] {
  const { company, cycles, members } = replay;
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  const covered = cycles.filter(({ period }) => replay.input.mapping.covers.from <= period.from && period.to <= replay.input.mapping.covers.to);
  const reports = covered.map((cycle) => ({ at: at(addDays(cycle.period.to, 1), 6), label: `reports of ${cycle.code}`, run: async () => reportPeriod(replay, cycle, await integration()) }));
  const composites = cycles
    .filter(({ level }) => level === 'YEAR')
    .map(({ code }) => ({ at: at(company.results.compositesOn, 9), label: `composites of ${code}`, run: () => publishComposites(replay, code) }));
  return [...reports, ...cycles.flatMap((cycle) => cycleEntries(replay, cycle, members)), ...composites];
}

function cycleEntries(replay: Replay, cycle: PlannedCycle, members: readonly TeamMember[]): readonly Entry[] {
  const { company, rows } = replay;
  const held = members.filter((member) => rows.some((placed) => placed.cycle === cycle && placed.agent === member));
  if (held.length === 0) return [];
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  const publishedOn = workingDay(cycle.cutOffOn, 1);
  const interviewOn = workingDay(publishedOn, company.results.interviewDays);
  // The window runs from the day on which the subject opens the result: that of the publication.
  const finalOn = workingDay(publishedOn, CYCLE_DEFAULTS.filingWindowDays + 1);
  let courses: readonly Course[] = [];
  const each = (work: (course: Course) => Promise<void>) => async () => void (await inParallel(courses.filter(({ stopped }) => !stopped), work));
  const entry = (day: string, hour: number, [what, run]: readonly [string, () => Promise<void>]): Entry => ({ at: at(day, hour), label: `${what} of ${cycle.code}`, run });
  return [
    entry(cycle.period.from, 9, ['appraisals', async () => void (courses = await openAll(replay, cycle, held))]),
    entry(publishedOn, 9, ['publication', each((course) => publish(replay, course))]),
    entry(publishedOn, 17, ['results', each((course) => bySubject(replay, course, 'OpenResult'))]),
    entry(interviewOn, 10, ['interviews', each((course) => interview(replay, course, interviewOn))]),
    entry(interviewOn, 15, ['acknowledgements', each((course) => bySubject(replay, course, 'AcknowledgeResult'))]),
    entry(finalOn, 9, ['finalization', each((course) => finalize(replay, course))]),
  ];
}

async function openAll({ stage, company, people, tally }: Replay, cycle: PlannedCycle, members: readonly TeamMember[]): Promise<readonly Course[]> {
  const opened = await inParallel(members, async (member) => {
    const data = { personId: people.named(member.agent), cycle: cycle.stream, segmentFrom: cycle.period.from };
    const outcome = await stage.act({ key: `appraisal ${cycle.stream} ${member.agent}`, by: people.cast(company.results.by), aggregate: 'appraisal', type: 'OpenAppraisal', data });
    if (!wasRejected(outcome)) return [{ member, cycle, id: idOf(outcome.accepted), stopped: false }];
    tally.refuseStep(`the appraisal of ${member.agent} in ${cycle.code}`, rejectionText(outcome.rejection));
    return [];
  });
  return opened.flat();
}

/** The source has delivered everything of the period, for everybody and every metric that a deal feeds. */
async function reportPeriod({ stage, input, people, members, tally }: Replay, cycle: PlannedCycle, by: Principal): Promise<void> {
  const { mapping, delivery } = input;
  const reports = members.flatMap(({ agent }) => Object.values(mapping.metrics).map((metric) => ({ agent, metric })));
  await inParallel(reports, async ({ agent, metric }) => {
    const data = { owner: people.named(agent), metric, source: mapping.source, ...cycle.period, delivery };
    await stage.must({ key: `report ${cycle.stream} ${metric} ${agent}`, by, aggregate: 'facts', type: 'ReportPeriod', data });
  });
  tally.counts.reports += reports.length;
}

/** A step of an appraisal's course; what a rule refuses is told and ends the course. */
async function go({ stage, tally }: Replay, course: Course, step: Pick<Step, 'by' | 'type' | 'data' | 'reason'>): Promise<void> {
  const outcome = await stage.act({ ...step, key: keyOf(course, step.type), aggregate: 'appraisal', id: course.id });
  if (!wasRejected(outcome)) return;
  course.stopped = true;
  tally.refuseStep(`${step.type} for ${course.member.agent} in ${course.cycle.code}`, rejectionText(outcome.rejection));
}

const keyOf = ({ cycle, member }: Course, what: string): string => `${what} ${cycle.stream} ${member.agent}`;

/** An indicator that turns out pending has no facts: the manager proposes, and somebody of HR rules, that it does not apply. */
async function publish(replay: Replay, course: Course): Promise<void> {
  const { stage, company, people } = replay;
  const step = { key: keyOf(course, 'PublishScore'), by: people.cast(company.results.by), aggregate: 'appraisal', type: 'PublishScore', id: course.id, data: {} } as const;
  for (let ruled = ''; !course.stopped; ) {
    const outcome = await stage.act(step);
    if (!wasRejected(outcome)) return;
    const { rejected, facts } = outcome.rejection;
    const pending = rejected === 'INDICATOR_PENDING' ? (facts.find(({ name }) => name === 'indicator')?.value ?? ruled) : ruled;
    // The same one again, or another rule altogether: nothing that a ruling could mend.
    if (pending === ruled) return go(replay, course, step);
    await ruleNotApplicable(replay, course, pending);
    ruled = pending;
  }
}

async function ruleNotApplicable(replay: Replay, course: Course, indicator: string): Promise<void> {
  const { stage, company, people, tally } = replay;
  const { notApplicableReason: reason, rulesNotApplicable } = company.results;
  const steps = [
    { by: people.named(course.member.manager), type: 'ProposeIndicatorState', data: { indicator, state: 'NOT_APPLICABLE' } },
    { by: people.cast(rulesNotApplicable), type: 'RuleNotApplicable', data: { indicator } },
  ] as const;
  for (const step of steps) {
    if (course.stopped) return;
    const outcome = await stage.act({ ...step, reason, key: keyOf(course, `${step.type} ${indicator}`), aggregate: 'appraisal', id: course.id });
    if (!wasRejected(outcome)) continue;
    course.stopped = true;
    tally.refuseStep(`${step.type} ${indicator} for ${course.member.agent} in ${course.cycle.code}`, rejectionText(outcome.rejection));
  }
}

const bySubject = (replay: Replay, course: Course, type: 'OpenResult' | 'AcknowledgeResult'): Promise<void> => go(replay, course, { by: replay.people.named(course.member.agent), type, data: {} });

function interview(replay: Replay, course: Course, heldOn: string): Promise<void> {
  return go(replay, course, { by: replay.people.named(course.member.manager), type: 'RecordInterview', data: { heldOn, notes: INTERVIEW_NOTES } });
}

/** An export knows nothing of what was said. */
const INTERVIEW_NOTES = 'The result was gone through, indicator by indicator.';

const finalize = (replay: Replay, course: Course): Promise<void> => go(replay, course, { by: replay.people.cast(replay.company.results.by), type: 'FinalizeAppraisal', data: {} });

async function publishComposites({ stage, company, people, members, tally }: Replay, year: string): Promise<void> {
  await inParallel(members, async ({ agent }) => {
    const data = { personId: people.named(agent), year };
    const outcome = await stage.act({ key: `composite ${year} ${agent}`, by: people.cast(company.results.by), aggregate: 'composite', type: 'PublishComposite', data });
    if (wasRejected(outcome)) tally.refuseStep(`the composite of ${agent} in ${year}`, rejectionText(outcome.rejection));
  });
}
