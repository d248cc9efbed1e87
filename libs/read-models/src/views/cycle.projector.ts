import { evolveCycle, initialCycle, type CycleState, type KnownCycle } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A cycle without its recalibrations, which are a view of their own (`domain.md`, Cycles and recalibrations). */
export type CycleDocument = Omit<KnownCycle, 'recalibrations'> &
  DocumentOrigin & {
    /** How many recalibrations were requested in it. */
    readonly recalibrationsCount: number;
  };

/** Cycles by stream. */
export const cycleView = defineView<CycleDocument>()({
  name: 'cycle',
  version: 1,
  root: 'cycle',
  categories: { cycle: rooted<CycleState>({ initial: initialCycle, evolve: evolveCycle }) },
  compute({ key, root: { state, position }, states }) {
    if (state.status === 'ABSENT') return null;
    const { recalibrations, ...cycle } = state;
    return { ...cycle, recalibrationsCount: recalibrations.length, revision: states.revision(key), position };
  },
  columns: {
    cycle: { type: 'text', of: (doc) => doc.cycle },
    level: { type: 'text', of: (doc) => doc.level },
    code: { type: 'text', of: (doc) => doc.code },
    status: { type: 'text', of: (doc) => doc.status },
    periodFrom: { type: 'date', of: (doc) => doc.period.from },
    periodTo: { type: 'date', of: (doc) => doc.period.to },
  },
  indexes: [['periodFrom'], ['level']],
});
