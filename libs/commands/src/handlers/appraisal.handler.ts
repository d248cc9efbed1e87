import {
  appraisalCommands,
  appraisalKey,
  appraisalStreamNames,
  decideAppraisal,
  indicatorsWithFacts,
  mayAppraisal,
  scoreOfAppraisal,
  scoreSourcesOf,
  sees,
  superiorOf,
  totalsAround,
  visibleAppraisals,
  type AccessRow,
  type AppraisalCommand,
  type AppraisalEvent,
  type AppraisalInput,
  type AppraisalState,
  type AppraisalWorld,
  type KnownAppraisal,
  type ScoreSources,
} from '@assay/domain';
import { appraisalFold, cycleFold, factsFold, metricFold, schemeFold, targetFold } from '../folds.js';
import { committeeOf, companyOf, cycleOf, standingOf } from '../gather.js';
import { derivedId, type AggregateHandler, type Gathering } from '../handler.js';
import type { Reader } from '../reader.js';
import { openingOf } from '../segments.js';

/** Whether a view that a publication or finalization rests on is parked (`architecture.md`, Poison). */
export type StaleCheck = (appraisalStream: string) => Promise<boolean>;

/** Commands of `appraisal-<id>` (`domain.md`, Appraisals); the id follows from person, cycle and first day of the segment. */
export const appraisalHandler = (logId: string, isStale: StaleCheck): AggregateHandler<AppraisalState, AppraisalCommand, AppraisalWorld, AppraisalEvent> => ({
  aggregate: 'appraisal',
  commands: appraisalCommands,
  fold: appraisalFold,
  stream: (message) => {
    if (message.type !== 'OpenAppraisal') return `appraisal-${message.id ?? ''}`;
    // The edge and the loader have checked the payload against the command's schema.
    return `appraisal-${derivedId(logId, appraisalKey(message.data as AppraisalInput<'OpenAppraisal'>))}`;
  },
  world: async (command, state, gathering) => {
    const world = await commonWorld(command, state, gathering);
    const more = await furtherWorld(command, state, gathering);
    const stale = STALE_MATTERS.has(command.type) && (await isStale(gathering.stream));
    return { ...world, ...more, stale, basis: await gathering.reader.basis() };
  },
  mayRead: (principal, state) => state.status !== 'ABSENT' && sees(visibleAppraisals(principal), appraisalRow(state)),
  may: (principal, command, { state }) => mayAppraisal(principal, command, { state }),
  decide: decideAppraisal,
  subject: (event, state) => (event.type === 'AppraisalOpened' ? event.data.subjectId : state.status === 'ABSENT' ? undefined : state.subjectId),
  systemTypes: new Set(['EvaluationsUnsealed']),
});

const STALE_MATTERS: ReadonlySet<string> = new Set(['PublishScore', 'FinalizeAppraisal']);

/** An appraisal as `visibleAppraisals` judges it. */
export const appraisalRow = (state: KnownAppraisal): AccessRow => ({
  subject: state.subjectId,
  superior: superiorOf(state),
  evaluators: state.places.map(({ evaluatorId }) => evaluatorId),
  metric: state.indicators.flatMap(({ metric }) => metric ?? []),
});

async function commonWorld(command: AppraisalCommand, state: AppraisalState, gathering: Gathering): Promise<Omit<AppraisalWorld, 'basis'>> {
  const cycleStream = command.type === 'OpenAppraisal' ? command.data.cycle : state.status === 'ABSENT' ? null : state.cycle;
  const [company, cycle, standing] = await Promise.all([
    companyOf(gathering),
    cycleStream === null ? null : cycleOf(gathering, cycleStream),
    standingOf(gathering, peopleNamed(command)),
  ]);
  return {
    ...gathering,
    committee: BALLOTED.has(command.type) ? await committeeOf(gathering) : { MARKETING_DIRECTOR: [], HR: [], FINANCE: [] },
    calendars: company.status === 'ABSENT' ? [] : company.calendars,
    people: Object.keys(standing).filter((person) => standing[person] === 'HERE'),
    cycle: cycle === null || cycle.status === 'ABSENT' ? null : cycle,
  };
}

/** Commands whose rules ask the committee. */
const BALLOTED: ReadonlySet<string> = new Set(['ProposeIndicatorState', 'AssentToIndicatorState', 'DeclineIndicatorState']);

function peopleNamed(command: AppraisalCommand): readonly string[] {
  if (command.type === 'OpenAppraisal') return (command.data.evaluators ?? []).map(({ evaluatorId }) => evaluatorId);
  return command.type === 'ReassignEvaluator' ? [command.data.evaluatorId] : [];
}

async function furtherWorld(command: AppraisalCommand, state: AppraisalState, gathering: Gathering): Promise<Partial<AppraisalWorld>> {
  if (command.type === 'OpenAppraisal') return { opening: await openingOf(command.data, gathering) };
  if (state.status === 'ABSENT') return {};
  if (command.type === 'PublishScore') return { score: scoreOfAppraisal(state, await sourcesOf(state, gathering.reader)) };
  return isRuling(command) ? rulingWorld(command, state, await sourcesOf(state, gathering.reader)) : {};
}

const RULINGS = ['ProposeIndicatorState', 'RuleNotApplicable', 'DeclareSourceUnavailable', 'WaiveUnavailability', 'AssentToIndicatorState', 'DeclineIndicatorState'] as const;
type Ruling = Extract<AppraisalCommand, { readonly type: (typeof RULINGS)[number] }>;
const isRuling = (command: AppraisalCommand): command is Ruling => RULINGS.some((type) => type === command.type);

function rulingWorld(command: Ruling, state: KnownAppraisal, sources: ScoreSources): Partial<AppraisalWorld> {
  const ruling = rulingOf(command, state);
  return { withFacts: indicatorsWithFacts(state, sources), ...(ruling === null ? {} : { totals: totalsAround(state, sources, ruling) }) };
}

function rulingOf(command: Ruling, state: KnownAppraisal): Parameters<typeof totalsAround>[2] | null {
  switch (command.type) {
    case 'ProposeIndicatorState':
      return command.data;
    case 'RuleNotApplicable':
      return { ...command.data, state: 'NOT_APPLICABLE' };
    case 'DeclareSourceUnavailable':
      return { ...command.data, state: 'UNAVAILABLE' };
    case 'WaiveUnavailability':
      return { ...command.data, state: 'UNAVAILABLE_WAIVED' };
    case 'AssentToIndicatorState':
    case 'DeclineIndicatorState':
      return state.proposals.find(({ proposal }) => proposal.eventId === command.data.proposalEventId) ?? null;
  }
}

/** The sources of an appraisal's score, folded at the decision's position; they become part of its basis. */
async function sourcesOf(appraisal: KnownAppraisal, reader: Reader): Promise<ScoreSources> {
  const names = appraisalStreamNames(appraisal);
  const states = new Map(await Promise.all(names.map(async (name) => [name, (await reader.folded(name)).state] as const)));
  // Each stream was folded by its category's own fold; the name says which.
  const of = <S>({ initial }: { readonly initial: S }, name: string): S => (states.get(name) as S | undefined) ?? initial;
  return scoreSourcesOf(appraisal, {
    cycle: (name) => of(cycleFold, name),
    scheme: (name) => of(schemeFold, name),
    target: (name) => of(targetFold, name),
    facts: (name) => of(factsFold, name),
    metric: (name) => of(metricFold, name),
  });
}
