import {
  evolveAppraisal,
  evolveComposite,
  evolveCycle,
  evolvePerson,
  evolveTarget,
  initialAppraisal,
  initialComposite,
  initialCycle,
  initialPerson,
  initialTarget,
  superiorOf,
  unitOfOwner,
  visibleAppraisals,
  visibleCompany,
  visibleComposites,
  visibleCycles,
  visibleFacts,
  visibleGoals,
  visibleImports,
  visibleMetrics,
  visiblePeople,
  visibleRecalibrations,
  visibleSchemes,
  visibleTargets,
  visibleTemplates,
  type AccessRow,
  type AppraisalState,
  type CycleState,
  type PersonState,
  type Principal,
  type Visibility,
} from '@assay/domain';
import type { CategoryFold } from '../view/view.js';

/** A part of a stream with an access of its own: a recalibration of a cycle. */
export interface AccessPart {
  readonly id: string;
  /** Event that began it, and that ballots on it name. */
  readonly eventId: string;
  readonly row: AccessRow;
}
/** What of a stream says who reads its events. */
export interface StreamAccess {
  readonly held: unknown;
  readonly row: AccessRow;
  readonly parts: readonly AccessPart[];
}

/** A domain's fold that keeps beside its state who may read the stream. */
function accessFold<S>(fold: CategoryFold<S>, rowOf: (state: S) => AccessRow, partsOf: (state: S) => readonly AccessPart[] = () => []): CategoryFold<StreamAccess> {
  return {
    initial: { held: fold.initial, row: {}, parts: [] },
    evolve(access, event) {
      // What this very fold has put there.
      const held = fold.evolve(access.held as S, event);
      return { held, row: rowOf(held), parts: partsOf(held) };
    },
  };
}

/** Streams that name nobody: their category alone says who reads them. */
const open: CategoryFold<StreamAccess> = { initial: { held: null, row: {}, parts: [] }, evolve: (access) => access };

function personRowOf(state: PersonState): AccessRow {
  if (state.status === 'ABSENT') return {};
  const entry = state.assignments.at(-1);
  return { subject: state.personId, manager: entry?.manager ?? null, ownerUnit: entry?.unit ?? null };
}

/** Whose facts they are is known from the first event on; the facts, which may be many thousands, are not kept for it. */
const factsAccess: CategoryFold<StreamAccess> = {
  initial: open.initial,
  evolve(access, { data }) {
    if (access.row.owner !== undefined) return access;
    // A stream of facts begins with a fact or a report, which both name owner and metric.
    const { owner, metric } = data as { readonly owner: string; readonly metric: string };
    return { ...access, row: { owner, metric, ownerUnit: unitOfOwner(owner) } };
  },
};

function appraisalRowOf(state: AppraisalState): AccessRow {
  if (state.status === 'ABSENT') return {};
  const metric = [...new Set(state.indicators.flatMap((one) => one.metric ?? []))];
  const evaluators = [...new Set(state.places.map(({ evaluatorId }) => evaluatorId))];
  return { subject: state.subjectId, superior: superiorOf(state), evaluators, metric };
}

const recalibrationParts = (state: CycleState): readonly AccessPart[] =>
  state.status === 'ABSENT'
    ? []
    : state.recalibrations.map(({ recalibrationId: id, eventId, requester, affected, targets }) => ({
        id,
        eventId,
        row: { requester, affected, owner: [...new Set(targets.map(({ owner }) => owner))] },
      }));

/** No rating is kept where only the access is asked for. */
const ratingless: CategoryFold<AppraisalState> = {
  initial: initialAppraisal,
  evolve(state, event) {
    // The codec has checked the event against this category's catalogue.
    const next = evolveAppraisal(state, event as Parameters<typeof evolveAppraisal>[1]);
    return next.status === 'ABSENT' ? next : { ...next, evaluations: [] };
  },
};

/** Who reads the events of each category of streams, folded. */
export const accessFolds = {
  company: open,
  template: open,
  metric: open,
  goal: open,
  scheme: open,
  import: open,
  person: accessFold({ initial: initialPerson, evolve: evolvePerson }, personRowOf),
  target: accessFold({ initial: initialTarget, evolve: evolveTarget }, (state) => (state.status === 'ABSENT' ? {} : { owner: state.owner })),
  facts: factsAccess,
  cycle: accessFold({ initial: initialCycle, evolve: evolveCycle }, () => ({}), recalibrationParts),
  appraisal: accessFold(ratingless, appraisalRowOf),
  composite: accessFold({ initial: initialComposite, evolve: evolveComposite }, (state) => (state.status === 'ABSENT' ? {} : { subject: state.personId })),
} as const satisfies Readonly<Record<string, CategoryFold<StreamAccess>>>;

type Scope = keyof typeof accessFolds | 'recalibration';

const POLICIES: Readonly<Record<Scope, (principal: Principal) => Visibility>> = {
  company: visibleCompany,
  template: visibleTemplates,
  metric: visibleMetrics,
  goal: visibleGoals,
  scheme: visibleSchemes,
  import: visibleImports,
  person: visiblePeople,
  target: visibleTargets,
  facts: visibleFacts,
  cycle: visibleCycles,
  recalibration: visibleRecalibrations,
  appraisal: visibleAppraisals,
  composite: visibleComposites,
};
const EVERYBODY = '*';

/** By what a stream's events are found: its scope whole, and its scope with each person, unit or metric it names. */
export function accessMarks(scope: string, row: AccessRow): readonly string[] {
  const named = Object.entries(row).flatMap(([column, value]) => {
    const values = typeof value === 'string' ? [value] : (value ?? []);
    return values.map((one) => `${scope}:${column}:${one}`);
  });
  return [`${scope}:${EVERYBODY}`, ...new Set(named)];
}

/**
 * Whose events somebody reads (`domain.md`, Who may do what): those of the aggregates they may read, each category by
 * its own policy; recalibrations by theirs, though they stand in their cycle's stream. For `eventView` alone, whose
 * column `affected` holds `accessMarks`.
 */
export function visibleEvents(principal: Principal): Visibility {
  const marks = Object.entries(POLICIES).flatMap(([scope, policy]) => {
    const visibility = policy(principal);
    if (visibility === 'NONE') return [];
    if (visibility === 'ALL') return [`${scope}:${EVERYBODY}`];
    return visibility.any.flatMap(({ column, in: values }) => values.map((value) => `${scope}:${column}:${value}`));
  });
  return marks.length === 0 ? 'NONE' : { any: [{ column: 'affected', in: marks }] };
}
