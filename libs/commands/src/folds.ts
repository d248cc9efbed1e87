import {
  evolveAppraisal,
  evolveCompany,
  evolveComposite,
  evolveCycle,
  evolveFacts,
  evolveGoal,
  evolveImport,
  evolveMetric,
  evolvePerson,
  evolveScheme,
  evolveTarget,
  evolveTemplate,
  initialAppraisal,
  initialCompany,
  initialComposite,
  initialCycle,
  initialFacts,
  initialGoal,
  initialImport,
  initialMetric,
  initialPerson,
  initialScheme,
  initialTarget,
  initialTemplate,
  type Recorded,
} from '@assay/domain';
import type { Fold } from './reader.js';

/**
 * The folds of all categories, one per aggregate of `domain.md`. The domain's `evolve` takes the union of its own
 * events; the log gives events by type, checked against the catalogue of the stream's category when they were appended.
 */
export function foldOf<S, E>(initial: S, evolve: (state: S, event: E) => S): Fold<S> {
  // The codec has checked type and payload against this very category's catalogue.
  return { initial, evolve: (state, event: Recorded) => evolve(state, event as E) };
}

/** The fold of `company`. */
export const companyFold = foldOf(initialCompany, evolveCompany);
/** The fold of `person-<id>`. */
export const personFold = foldOf(initialPerson, evolvePerson);
/** The fold of `template-<role>`. */
export const templateFold = foldOf(initialTemplate, evolveTemplate);
/** The fold of `metric-<code>`. */
export const metricFold = foldOf(initialMetric, evolveMetric);
/** The fold of `facts-<ownerId>-<metric>`. */
export const factsFold = foldOf(initialFacts, evolveFacts);
/** The fold of `goal-<id>`. */
export const goalFold = foldOf(initialGoal, evolveGoal);
/** The fold of `target-<id>`. */
export const targetFold = foldOf(initialTarget, evolveTarget);
/** The fold of `cycle-<LEVEL>-<code>`, its recalibrations included. */
export const cycleFold = foldOf(initialCycle, evolveCycle);
/** The fold of `scheme-<id>`. */
export const schemeFold = foldOf(initialScheme, evolveScheme);
/** The fold of `appraisal-<id>`. */
export const appraisalFold = foldOf(initialAppraisal, evolveAppraisal);
/** The fold of `composite-<personId>-<year>`. */
export const compositeFold = foldOf(initialComposite, evolveComposite);
/** The fold of `import-<id>`. */
export const importFold = foldOf(initialImport, evolveImport);
