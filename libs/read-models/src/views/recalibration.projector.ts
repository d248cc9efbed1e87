import {
  evolveCycle,
  initialCycle,
  recalibrationOf,
  type CycleState,
  type Day,
  type Level,
  type Recalibration,
  type Span,
} from '@assay/domain';
import { defineView, partKey, partOfKey } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A recalibration as its requester, the owners it touches and the deciders see it (`domain.md`, Cycles and recalibrations). */
export type RecalibrationDocument = Omit<Recalibration, 'position'> &
  DocumentOrigin & {
    /** Position of the request. */
    readonly requestedPosition: number;
    /** Stream of the cycle that it changes targets of. */
    readonly cycle: string;
    readonly level: Level;
    readonly period: Span;
    /** End of the days on which anything may still change. */
    readonly cutOffOn: Day;
    /** Affected people who have not given their feedback yet; empty once the feedback is closed. */
    readonly feedbackDue: readonly string[];
  };

/** The key of a recalibration in `recalibrationView`. */
export const recalibrationKey = (cycle: string, recalibrationId: string): string => partKey(cycle, recalibrationId);

const waitsFor = ({ status, affected, feedback }: Recalibration): readonly string[] =>
  status === 'FEEDBACK' ? affected.filter((person) => !feedback.some(({ givenBy }) => givenBy === person)) : [];

const distinct = (list: readonly string[]): readonly string[] => [...new Set(list)];

/** Recalibrations, one row each, though those of a cycle share its stream; seen by `visibleRecalibrations`. */
export const recalibrationView = defineView<RecalibrationDocument>()({
  name: 'recalibration',
  version: 1,
  root: 'cycle',
  categories: { cycle: rooted<CycleState>({ initial: initialCycle, evolve: evolveCycle }) },
  // All of them at each event of the cycle: the revision that a command on one must name is the cycle's.
  keys: (root, { stream }) => (root.state.status === 'ABSENT' ? [] : root.state.recalibrations.map(({ recalibrationId }) => recalibrationKey(stream, recalibrationId))),
  compute({ key, root: { state, position }, states }): RecalibrationDocument | null {
    const one = recalibrationOf(state, partOfKey(key) ?? '');
    if (one === null || state.status === 'ABSENT') return null;
    const { cycle, level, period, cutOffOn } = state;
    const { position: requestedPosition, ...held } = one;
    return { ...held, requestedPosition, cycle, level, period, cutOffOn, feedbackDue: waitsFor(one), revision: states.revision(cycle), position };
  },
  columns: {
    requester: { type: 'text', of: (doc) => doc.requester },
    affected: { type: 'text[]', of: (doc) => doc.affected },
    owner: { type: 'text[]', of: (doc) => distinct(doc.targets.map(({ owner }) => owner)) },
    targets: { type: 'text[]', of: (doc) => doc.targets.map(({ target }) => target) },
    metrics: { type: 'text[]', of: (doc) => distinct(doc.targets.map(({ metric }) => metric)) },
    goals: { type: 'text[]', of: (doc) => distinct(doc.targets.map(({ goal }) => goal)) },
    feedbackDue: { type: 'text[]', of: (doc) => doc.feedbackDue },
    recalibrationId: { type: 'text', of: (doc) => doc.recalibrationId },
    correlation: { type: 'text', of: (doc) => doc.correlationId },
    cycle: { type: 'text', of: (doc) => doc.cycle },
    level: { type: 'text', of: (doc) => doc.level },
    status: { type: 'text', of: (doc) => doc.status },
    trigger: { type: 'text', of: (doc) => doc.trigger },
    requestedAt: { type: 'bigint', of: (doc) => doc.requestedPosition },
    feedbackUntil: { type: 'date', of: (doc) => doc.feedbackUntil },
  },
  indexes: [['recalibrationId'], ['requester'], ['affected'], ['owner'], ['targets'], ['cycle'], ['status'], ['correlation'], ['requestedAt'], ['feedbackUntil']],
});
