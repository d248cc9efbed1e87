import { evolveComposite, initialComposite, type CompositeRevision, type CompositeState } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A person's composed year, the last revision in force (`scoring.md` §9). */
export interface CompositeDocument extends DocumentOrigin {
  readonly personId: string;
  /** Code of the business year. */
  readonly year: string;
  readonly status: CompositeRevision['status'];
  /** Rounded once; null where not rated. */
  readonly total: string | null;
  readonly grade: string | null;
  /** Weights of the levels present, in basis points. */
  readonly coverage: number;
  readonly revisions: readonly CompositeRevision[];
}

/** Composites; seen by `visibleComposites`. */
export const compositeView = defineView<CompositeDocument>()({
  name: 'composite',
  version: 2,
  root: 'composite',
  categories: { composite: rooted<CompositeState>({ initial: initialComposite, evolve: evolveComposite }) },
  compute({ key, root: { state, position }, states }) {
    const last = state.status === 'ABSENT' ? undefined : state.revisions.at(-1);
    if (state.status === 'ABSENT' || last === undefined) return null;
    const { status, total, grade, coverage } = last;
    return { personId: state.personId, year: state.year, status, total, grade, coverage, revisions: state.revisions, revision: states.revision(key), position };
  },
  columns: {
    subject: { type: 'text', of: (doc) => doc.personId },
    year: { type: 'text', of: (doc) => doc.year },
    status: { type: 'text', of: (doc) => doc.status },
    grade: { type: 'text', of: (doc) => doc.grade },
    total: { type: 'numeric', of: (doc) => doc.total },
  },
  indexes: [['subject'], ['year'], ['total']],
});
