import {
  appraisalStreamNames,
  categoryOf,
  duePlaces,
  evaluationOf,
  evolveAppraisal,
  evolveCycle,
  evolveFacts,
  evolveMetric,
  evolveScheme,
  evolveTarget,
  initialAppraisal,
  initialCycle,
  initialFacts,
  initialMetric,
  initialScheme,
  initialTarget,
  scoreOfAppraisal,
  scoreSourcesOf,
  superiorOf,
  type AppraisalScore,
  type AppraisalState,
  type CycleState,
  type EvaluatorKind,
  type FactsState,
  type HeldEvaluation,
  type KnownAppraisal,
  type MetricState,
  type Recorded,
  type SchemeState,
  type ScoreOptions,
  type ScoreSources,
  type TargetState,
} from '@assay/domain';
import { defineView, type CategoryFold, type StateLookup, type View } from '../view/view.js';
import { isAfterPeriod } from './period-facts.js';
import { rooted, type DocumentOrigin, type Rooted } from './rooted.js';
import { scoreHistoryColumns, scoreHistoryRows, type ScoreHistoryRow } from './score-history.js';

/** The figures of a score without its derivation: total and grade, each indicator, what is pending and what came late. */
export type AppraisalFigures = Omit<AppraisalScore, 'derivation'>;

/** A place whose evaluation is due: shown before the unsealing is who is due and who is in, and nothing else. */
export interface DueEvaluation {
  readonly kind: EvaluatorKind;
  readonly evaluatorId: string;
  readonly isIn: boolean;
  /** Filled by HR after the unsealing: the others stay sealed to them until theirs is in. */
  readonly isLate: boolean;
}
/**
 * An appraisal as its line and HR see it (`domain.md`, Appraisals). It is the folded state, so the domain's functions
 * (`scoreSight`, `redactEvaluations`, `superiorOf`) take it; but until the unsealing its `evaluations` hold neither
 * ratings, comments nor counts, whoever asks: an author's own are read by folding the stream.
 */
export type AppraisalDocument = KnownAppraisal &
  DocumentOrigin & {
    /** Whether ratings are still withheld from this document. */
    readonly isSealed: boolean;
    readonly superiorId: string | null;
    readonly due: readonly DueEvaluation[];
    /** By everything recorded so far; after a publication it moves only as a provisional change. */
    readonly score: AppraisalFigures;
    /** The same without any rating, for evaluators who are awaited after the unsealing; null where none is. */
    readonly scoreWithoutRatings: AppraisalFigures | null;
    /** Of the last published revision, else of `score`: total in points. */
    readonly total: string | null;
    readonly grade: string | null;
    /** Last day of the filing window of the last revision; null before its communication. */
    readonly filingEndsOn: string | null;
    /** Whether the cycle's data cut-off is recorded. */
    readonly isCutOff: boolean;
  };

const categories = {
  appraisal: rooted<AppraisalState>({ initial: initialAppraisal, evolve: evolveAppraisal }),
  cycle: { initial: initialCycle, evolve: evolveCycle } satisfies CategoryFold<CycleState>,
  scheme: { initial: initialScheme, evolve: evolveScheme } satisfies CategoryFold<SchemeState>,
  target: { initial: initialTarget, evolve: evolveTarget } satisfies CategoryFold<TargetState>,
  facts: { initial: initialFacts, evolve: evolveFacts } satisfies CategoryFold<FactsState>,
  metric: { initial: initialMetric, evolve: evolveMetric } satisfies CategoryFold<MetricState>,
};
type States = StateLookup<typeof categories>;

const sourcesFrom = (appraisal: KnownAppraisal, states: States): ScoreSources =>
  scoreSourcesOf(appraisal, {
    cycle: (stream) => states.of('cycle', stream),
    scheme: (stream) => states.of('scheme', stream),
    target: (stream) => states.of('target', stream),
    facts: (stream) => states.of('facts', stream),
    metric: (stream) => states.of('metric', stream),
  });

function figuresOf(appraisal: KnownAppraisal, sources: ScoreSources, options: ScoreOptions): AppraisalFigures {
  const { derivation: _derivation, ...figures } = scoreOfAppraisal(appraisal, sources, options);
  return figures;
}

/** The state without what is sealed: ratings and comments, and how often they were reworded. */
function withoutSealed(appraisal: KnownAppraisal): KnownAppraisal {
  if (appraisal.unsealing !== null) return appraisal;
  const withheld = (one: HeldEvaluation): HeldEvaluation => ({ ...one, ratings: [], comment: null, revisions: 0 });
  return { ...appraisal, evaluations: appraisal.evaluations.map(withheld) };
}

const dueOf = (appraisal: KnownAppraisal): readonly DueEvaluation[] =>
  duePlaces(appraisal).map((place) => ({
    kind: place.kind,
    evaluatorId: place.evaluatorId,
    isIn: evaluationOf(appraisal, place) !== undefined,
    isLate: place.late,
  }));

function documentOf(appraisal: KnownAppraisal, sources: ScoreSources, options: ScoreOptions): Omit<AppraisalDocument, keyof DocumentOrigin> {
  const score = figuresOf(appraisal, sources, options);
  const due = dueOf(appraisal);
  const isAwaited = appraisal.unsealing !== null && due.some(({ isLate, isIn }) => isLate && !isIn);
  const last = appraisal.revisions.at(-1);
  return {
    ...withoutSealed(appraisal),
    isSealed: appraisal.unsealing === null,
    superiorId: superiorOf(appraisal),
    due,
    score,
    scoreWithoutRatings: isAwaited ? figuresOf(appraisal, sources, { ...options, ratings: 'NONE' }) : null,
    total: last ? last.total : score.total,
    grade: last ? last.grade : score.grade,
    filingEndsOn: last?.communicated?.filingEndsOn ?? null,
    isCutOff: sources.cycle.cutOff !== null,
  };
}

/** Of other streams a document can tell the cycle's opening and cut-off, targets, facts. The pinned version never changes. */
function touches({ state }: Rooted<AppraisalState>, event: Recorded): boolean {
  switch (categoryOf(event.stream)) {
    case 'cycle':
      return event.type === 'CycleOpened' || event.type === 'CycleDataCutOff';
    case 'target':
      return event.type !== 'KeyActionDone' && event.type !== 'KeyActionConfirmed';
    case 'scheme':
    case 'metric':
      return false;
    case 'facts':
      return state.status === 'ABSENT' || !isAfterPeriod(event, state.period);
    default:
      return true;
  }
}

const shared = {
  name: 'appraisal',
  version: 2,
  root: 'appraisal',
  categories,
  dependencies: ({ root: { state } }: { readonly root: Rooted<AppraisalState> }) => (state.status === 'ABSENT' ? [] : appraisalStreamNames(state)),
  touches,
} as const;

const dayOptions = (effectiveOn: string | null): ScoreOptions => (effectiveOn === null ? {} : { effectiveOn });

/**
 * Appraisals with their score (`domain.md`, Appraisals; `scoring.md`), moved by every fact, target version, ruling and
 * evaluation that takes part, and the history of its changes. Sealed ratings are in neither.
 */
export const appraisalView = defineView<AppraisalDocument, ScoreHistoryRow>()({
  ...shared,
  compute({ key, root: { state, position }, states, effectiveOn }): AppraisalDocument | null {
    if (state.status === 'ABSENT') return null;
    const content = documentOf(state, sourcesFrom(state, states), dayOptions(effectiveOn));
    return { ...content, revision: states.revision(key), position };
  },
  columns: {
    subject: { type: 'text', of: (doc) => doc.subjectId },
    superior: { type: 'text', of: (doc) => doc.superiorId },
    evaluators: { type: 'text[]', of: (doc) => [...new Set(doc.places.map(({ evaluatorId }) => evaluatorId))] },
    metric: { type: 'text[]', of: (doc) => [...new Set(doc.indicators.flatMap((one) => one.metric ?? []))] },
    targets: { type: 'text[]', of: (doc) => doc.indicators.flatMap((one) => one.targetId ?? []) },
    awaited: { type: 'text[]', of: (doc) => doc.due.filter(({ isIn }) => !isIn).map(({ evaluatorId }) => evaluatorId) },
    cycle: { type: 'text', of: (doc) => doc.cycle },
    level: { type: 'text', of: (doc) => doc.level },
    role: { type: 'text', of: (doc) => doc.role },
    unit: { type: 'text', of: (doc) => doc.unit },
    scheme: { type: 'text', of: (doc) => doc.schemeId },
    status: { type: 'text', of: (doc) => doc.status },
    provisional: { type: 'boolean', of: (doc) => doc.score.provisional },
    total: { type: 'numeric', of: (doc) => doc.total },
    grade: { type: 'text', of: (doc) => doc.grade },
    periodFrom: { type: 'date', of: (doc) => doc.period.from },
    periodTo: { type: 'date', of: (doc) => doc.period.to },
    evaluationsDueOn: { type: 'date', of: (doc) => doc.evaluationsDueOn },
    filingEndsOn: { type: 'date', of: (doc) => doc.filingEndsOn },
  },
  indexes: [['subject'], ['superior'], ['evaluators'], ['metric'], ['targets'], ['awaited'], ['cycle'], ['unit'], ['status'], ['total'], ['periodFrom']],
  history: { columns: scoreHistoryColumns, rows: scoreHistoryRows },
});

/** A score with the tree that explains it, down to event ids, beside the state it was reckoned on. */
export interface AppraisalExplanation {
  readonly appraisal: KnownAppraisal;
  readonly score: AppraisalScore;
}
/**
 * Scores with their derivations, on the states that `appraisalView` rests on: `ReadModels.derive` live, `moment` as of
 * a position. Not a projection of its own. `ratings` as in `ScoreOptions`; the state it hands back is without what is sealed.
 */
export const explanationView = (ratings: NonNullable<ScoreOptions['ratings']> = 'UNSEALED'): View<AppraisalExplanation> =>
  defineView<AppraisalExplanation>()({
    ...shared,
    compute({ root: { state }, states, effectiveOn }): AppraisalExplanation | null {
      if (state.status === 'ABSENT') return null;
      const score = scoreOfAppraisal(state, sourcesFrom(state, states), { ...dayOptions(effectiveOn), ratings });
      return { appraisal: withoutSealed(state), score };
    },
    columns: {},
  });
