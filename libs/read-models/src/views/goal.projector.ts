import { evolveGoal, evolveMetric, initialGoal, initialMetric, type Accumulation, type GoalState, type MetricState } from '@assay/domain';
import { defineView, type CategoryFold } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A goal as everybody reads it (`domain.md`, Goals): what it says now, every version, and the revision on its way. */
export type GoalDocument = Exclude<GoalState, { readonly status: 'ABSENT' }> &
  DocumentOrigin & {
    /** How facts of the goal's metric accumulate; null where the metric is not defined. Only `SUM` cascades. */
    readonly accumulation: Accumulation | null;
    /** The metric's unit, e.g. `CNY`. */
    readonly unitOfMeasure: string | null;
  };

/** Goals with their versions; the cascade is reckoned from these and the targets by `cascadeOf`. */
export const goalView = defineView<GoalDocument>()({
  name: 'goal',
  version: 1,
  root: 'goal',
  categories: {
    goal: rooted<GoalState>({ initial: initialGoal, evolve: evolveGoal }),
    metric: { initial: initialMetric, evolve: evolveMetric } satisfies CategoryFold<MetricState>,
  },
  dependencies: ({ root: { state } }) => (state.status === 'ABSENT' ? [] : [`metric-${state.metric}`]),
  compute({ key, root: { state, position }, states }) {
    if (state.status === 'ABSENT') return null;
    const metric = states.of('metric', `metric-${state.metric}`);
    const measured = metric.status === 'ABSENT' ? { accumulation: null, unitOfMeasure: null } : { accumulation: metric.accumulation, unitOfMeasure: metric.unit };
    return { ...state, ...measured, revision: states.revision(key), position };
  },
  columns: {
    goalId: { type: 'text', of: (doc) => doc.goalId },
    parent: { type: 'text', of: (doc) => doc.parent },
    metric: { type: 'text', of: (doc) => doc.metric },
    ownerUnit: { type: 'text', of: (doc) => doc.unit },
    status: { type: 'text', of: (doc) => doc.status },
    periodFrom: { type: 'date', of: (doc) => doc.period.from },
    periodTo: { type: 'date', of: (doc) => doc.period.to },
  },
  indexes: [['parent'], ['metric'], ['periodFrom']],
});
