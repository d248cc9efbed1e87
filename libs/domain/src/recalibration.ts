import type { BallotCast } from './assent.js';
import { assent, canBeAssented, decline } from './assent.js';
import type { AssentCause, CycleEvent, TouchedTarget } from './cycle.events.js';
import { isUndecided, openRecalibrationOf, recalibrationOf } from './cycle.state.js';
import type { KnownCycle, Recalibration } from './cycle.state.js';
import type { CycleCommand, CycleWorld } from './cycle-commands.js';
import { workingDaysAfter } from './kernel/calendar.js';
import { inSpan } from './kernel/day.js';
import { accept, fact, reject } from './kernel/decision.js';
import type { Decision, Rejection } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { itemFlaw, itemsOf, touchedBy } from './recalibration-items.js';
import type { NamedItems } from './recalibration-items.js';
import { tooMany, tooOften } from './recalibration-limits.js';
import { strategyLeft } from './recalibration-strategy.js';
import type { RecalibrationItems } from './recalibration-strategy.js';
import { periodClosed } from './target.js';

type Command<T extends CycleCommand['type']> = Extract<CycleCommand, { readonly type: T }>;
type RecalibrationCommand = Exclude<CycleCommand, Command<'OpenCycle' | 'CloseCycle' | 'CutOffData'>>;

/**
 * Decides the recalibrations of a cycle (`domain.md`, Cycles and recalibrations). A request rejects, in this order,
 * `CYCLE_CLOSED` / `PERIOD_CLOSED`, `NOTHING_CHANGES`, `REASON_MISSING` (trigger `OTHER` without text),
 * `REFERENCE_UNKNOWN`, `TARGET_WITHDRAWN`, the rules of a target's content, `FROM_OUTSIDE_PERIOD`, `NO_DATA_REVIEW`,
 * `STRATEGY_LEFT`, `TOO_OFTEN`, `RECALIBRATION_OPEN`, `SEATS_INCOMPLETE`; a decision `RECALIBRATION_UNKNOWN`,
 * `FEEDBACK_OPEN`, `STRATEGY_LEFT`, `SELF_APPROVAL`, `ASSENT_NEEDED`, `TOO_OFTEN`; feedback `FEEDBACK_CLOSED`,
 * `NOT_AN_OWNER`; a ballot what `assent` and `decline` reject.
 */
export function decideRecalibration(
  state: KnownCycle,
  command: RecalibrationCommand,
  world: CycleWorld,
): Decision<CycleEvent> {
  if (command.type === 'CompleteRecalibration') return complete(state, command.data.recalibration, world);
  if (command.type === 'CloseFeedback') return closeFeedback(recalibrationOf(state, command.data.recalibration), world);
  if (state.status === 'CLOSED') return reject('CYCLE_CLOSED');
  if (periodClosed({ cutOffOn: state.cutOffOn, cutOff: state.status !== 'OPEN' }, world.today))
    return reject('PERIOD_CLOSED', fact('cutOffOn', state.cutOffOn, 'DATE'));
  if (command.type === 'RequestRecalibration') return request(state, command, world);
  const one = decidedBy(state, command);
  if (one === null || !isUndecided(one)) return reject('RECALIBRATION_UNKNOWN');
  switch (command.type) {
    case 'GiveFeedback':
      return giveFeedback(one, command, world);
    case 'ApproveRecalibration':
      return headDecides(state, one, { world, approving: true });
    case 'RejectRecalibration':
      return headDecides(state, one, { world, approving: false });
    case 'WithdrawRecalibration':
      return accept({ type: 'RecalibrationWithdrawn', data: { recalibration: one.recalibrationId } });
    case 'AssentToRecalibration':
    case 'DeclineRecalibration':
      return committeeVotes(state, one, { world, command });
    default:
      return never(command);
  }
}

/** The recalibration that a command is about: by its id, or by the proposal that a ballot names. */
function decidedBy(
  state: KnownCycle,
  { data }: Exclude<RecalibrationCommand, Command<'RequestRecalibration'>>,
): Recalibration | null {
  if ('recalibration' in data) return recalibrationOf(state, data.recalibration);
  return state.recalibrations.find(({ eventId }) => eventId === data.proposalEventId) ?? null;
}

function request(
  state: KnownCycle,
  { data }: Command<'RequestRecalibration'>,
  world: CycleWorld,
): Decision<CycleEvent> {
  const items = itemsOf(data, world);
  const refused =
    (data.trigger === 'OTHER' && data.triggerText === undefined
      ? reject('REASON_MISSING', fact('trigger', 'OTHER', 'CODE'))
      : null) ?? itemFlaw(state, items, world);
  if (refused !== null) return refused;
  const targets = touchedBy(items, world);
  const revisedGoals = data.revisedGoals ?? [];
  const affected = [...new Set(targets.flatMap(({ target }) => world.targets[target]?.people ?? []))];
  const assentCauses = causesOf(state, items, world);
  const flaw =
    outsidePeriod(state, items) ??
    unreviewed(items, world) ??
    strategyOf(state, { ...items, targets, revisedGoals }, world) ??
    tooOften(state, targets, world) ??
    alreadyOpen(state, targets) ??
    (assentCauses.length > 0 && !canBeAssented(world.committee, [...affected, world.actor])
      ? reject('SEATS_INCOMPLETE')
      : null);
  if (flaw !== null) return flaw;
  const deadline = workingDaysAfter(world.today, state.feedbackDays, world.calendars);
  const requested: CycleEvent = {
    type: 'RecalibrationRequested',
    data: {
      recalibration: world.newId,
      adjust: [...items.adjust],
      add: [...items.add],
      withdraw: [...items.withdraw],
      targets: [...targets],
      trigger: data.trigger,
      triggerText: data.triggerText ?? null,
      revisedGoals,
      dataReview: [...world.dataReview],
      affected,
      feedbackUntil: deadline.day,
      calendarVersion: deadline.calendarVersion,
      assentCauses: [...assentCauses],
      basis: [...world.basis],
    },
  };
  // With nobody to ask, all feedback is in from the start.
  return affected.length > 0 ? accept(requested) : accept(requested, feedbackClosed(world.newId, 'ALL_IN'));
}

function giveFeedback(
  one: Recalibration,
  { data }: Command<'GiveFeedback'>,
  { actor, today }: CycleWorld,
): Decision<CycleEvent> {
  if (one.status !== 'FEEDBACK' || today > one.feedbackUntil) return reject('FEEDBACK_CLOSED');
  if (!one.affected.includes(actor)) return reject('NOT_AN_OWNER');
  const given: CycleEvent = { type: 'FeedbackGiven', data };
  return missingFeedback(one, actor).length > 0
    ? accept(given)
    : accept(given, feedbackClosed(one.recalibrationId, 'ALL_IN'));
}

/** By a timer, so what is closed already is no refusal. */
function closeFeedback(one: Recalibration | null, { today }: CycleWorld): Decision<CycleEvent> {
  if (one === null) return reject('RECALIBRATION_UNKNOWN');
  if (one.status !== 'FEEDBACK') return accept();
  if (missingFeedback(one).length === 0) return accept(feedbackClosed(one.recalibrationId, 'ALL_IN'));
  if (today <= one.feedbackUntil) return reject('FEEDBACK_OPEN', fact('feedbackUntil', one.feedbackUntil, 'DATE'));
  return accept(feedbackClosed(one.recalibrationId, 'DEADLINE'));
}

interface Deciding {
  readonly world: CycleWorld;
  readonly approving: boolean;
}
function headDecides(state: KnownCycle, one: Recalibration, { world, approving }: Deciding): Decision<CycleEvent> {
  const { recalibrationId: recalibration } = one;
  const flaw =
    feedbackOpen(one) ??
    (approving ? strategyOf(state, one, world) : null) ??
    (barred(one, world).includes(world.actor) ? reject('SELF_APPROVAL') : null) ??
    (one.assentCauses.length > 0
      ? reject('ASSENT_NEEDED', ...one.assentCauses.map((cause) => fact('cause', cause, 'CODE')))
      : null) ??
    (approving ? tooMany(state, one.targets) : null);
  if (flaw !== null) return flaw;
  return approving
    ? accept({ type: 'RecalibrationApproved', data: { recalibration, by: 'MARKETING_HEAD', basis: [...world.basis] } })
    : accept({ type: 'RecalibrationRejected', data: { recalibration, by: 'MARKETING_HEAD' } });
}

interface Voting {
  readonly world: CycleWorld;
  readonly command: Command<'AssentToRecalibration' | 'DeclineRecalibration'>;
}
function committeeVotes(state: KnownCycle, one: Recalibration, { world, command }: Voting): Decision<CycleEvent> {
  const approving = command.type === 'AssentToRecalibration';
  const flaw = feedbackOpen(one) ?? (approving ? (strategyOf(state, one, world) ?? tooMany(state, one.targets)) : null);
  if (flaw !== null) return flaw;
  if (!committeeDecides(one, world)) return reject('PROPOSAL_NOT_OPEN');
  const excluded = barred(one, world);
  const ballotWorld = { actor: world.actor, committee: world.committee, excluded };
  const cast = approving
    ? assent(one.proposal, command.data, ballotWorld)
    : decline(one.proposal, command.data, ballotWorld);
  return 'rejected' in cast ? cast : withOutcome(one, cast, world);
}

function withOutcome(
  { recalibrationId: recalibration }: Recalibration,
  { event, outcome }: BallotCast,
  world: CycleWorld,
): Decision<CycleEvent> {
  if (outcome === 'ASSENTED')
    return accept<CycleEvent>(event, {
      type: 'RecalibrationApproved',
      data: { recalibration, by: 'COMMITTEE', basis: [...world.basis] },
    });
  if (outcome === 'DECLINED')
    return accept<CycleEvent>(event, { type: 'RecalibrationRejected', data: { recalibration, by: 'COMMITTEE' } });
  return accept<CycleEvent>(event);
}

function complete(state: KnownCycle, recalibrationId: string, world: CycleWorld): Decision<CycleEvent> {
  const one = recalibrationOf(state, recalibrationId);
  if (one?.status === 'APPLIED') return accept();
  if (one?.status !== 'APPLYING') return reject('RECALIBRATION_UNKNOWN');
  const waiting = one.targets.filter(({ target }) => !world.appliedTo.includes(target));
  if (waiting.length > 0)
    return reject('RECALIBRATION_OPEN', ...waiting.map(({ target }) => fact('target', target, 'ID')));
  return accept({ type: 'RecalibrationApplied', data: { recalibration: recalibrationId } });
}

/**
 * Whether the committee decides by assent: the request is marked so, or no marketing head may, since each owns a target
 * in it or requested it (`domain.md`, Who may do what).
 */
export function committeeDecides(one: Recalibration, world: Pick<CycleWorld, 'marketingHeads' | 'targets'>): boolean {
  const out = barred(one, world);
  return one.assentCauses.length > 0 || world.marketingHeads.every((head) => out.includes(head));
}

/** SELF_APPROVAL: the requester, the owners, and the heads of units that own, those of the request and those of today. */
const barred = (one: Recalibration, { targets }: Pick<CycleWorld, 'targets'>): readonly string[] => [
  one.requester,
  ...one.affected,
  ...one.targets.flatMap(({ target, owner }) => [owner, ...(targets[target]?.people ?? [])]),
];

/** ASSENT_NEEDED. An `ADD` makes a version that is `REPLACE` from the period's first day, so the grace days bind it too. */
function causesOf(state: KnownCycle, { adjust, add }: RecalibrationItems, world: CycleWorld): readonly AssentCause[] {
  const late = (target: string): boolean => world.today > (world.targets[target]?.graceUntil ?? '');
  const replaces =
    adjust.some(({ mode, target }) => mode === 'REPLACE' && late(target)) || add.some(({ targetId }) => late(targetId));
  const retroactive = adjust.some(({ mode, from }) => mode === 'PRORATE' && from < world.today);
  return [
    ...(replaces ? (['REPLACE_AFTER_GRACE'] as const) : []),
    ...(retroactive ? (['RETROACTIVE'] as const) : []),
    ...(world.today > state.period.to ? (['AFTER_PERIOD'] as const) : []),
  ];
}

function outsidePeriod({ period }: KnownCycle, { adjust }: RecalibrationItems): Rejection | null {
  const outside = adjust.find(({ from }) => !inSpan(from, period));
  return outside === undefined
    ? null
    : reject('FROM_OUTSIDE_PERIOD', fact('target', outside.target, 'ID'), fact('from', outside.from, 'DATE'));
}

function unreviewed({ adjust, withdraw }: RecalibrationItems, { dataReview }: CycleWorld): Rejection | null {
  const missing = [...adjust.map(({ target }) => target), ...withdraw].find(
    (id) => !dataReview.some(({ target }) => target === id),
  );
  return missing === undefined ? null : reject('NO_DATA_REVIEW', fact('target', missing, 'ID'));
}

function strategyOf(
  { period }: KnownCycle,
  items: NamedItems & { readonly revisedGoals: readonly string[] },
  { goals }: CycleWorld,
): Rejection | null {
  const servedGoals = items.targets.map(({ goal }) => goal);
  return strategyLeft(goals, items, { servedGoals, revisedGoals: items.revisedGoals, period });
}

const feedbackOpen = (one: Recalibration): Rejection | null =>
  one.status === 'FEEDBACK' ? reject('FEEDBACK_OPEN', fact('feedbackUntil', one.feedbackUntil, 'DATE')) : null;

function alreadyOpen(state: KnownCycle, targets: readonly TouchedTarget[]): Rejection | null {
  const held = targets.find(({ target }) => openRecalibrationOf(state, target) !== null);
  return held === undefined ? null : reject('RECALIBRATION_OPEN', fact('target', held.target, 'ID'));
}

const missingFeedback = (one: Recalibration, giving?: string): readonly string[] =>
  one.affected.filter((person) => person !== giving && !one.feedback.some(({ givenBy }) => givenBy === person));

const feedbackClosed = (recalibration: string, cause: 'ALL_IN' | 'DEADLINE'): CycleEvent => ({
  type: 'FeedbackClosed',
  data: { recalibration, cause },
});
