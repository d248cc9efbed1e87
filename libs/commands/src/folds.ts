import {
  evolveAppraisal,
  evolveCompany,
  evolveCycle,
  evolveFacts,
  evolveGoal,
  evolveMetric,
  evolvePerson,
  evolveScheme,
  evolveTarget,
  evolveTemplate,
  initialAppraisal,
  initialCompany,
  initialCycle,
  initialFacts,
  initialGoal,
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

export const companyFold = foldOf(initialCompany, evolveCompany);
export const personFold = foldOf(initialPerson, evolvePerson);
export const schemeFold = foldOf(initialScheme, evolveScheme);
export const targetFold = foldOf(initialTarget, evolveTarget);
export const cycleFold = foldOf(initialCycle, evolveCycle);
export const appraisalFold = foldOf(initialAppraisal, evolveAppraisal);
export const metricFold = foldOf(initialMetric, evolveMetric);
export const factsFold = foldOf(initialFacts, evolveFacts);
export const templateFold = foldOf(initialTemplate, evolveTemplate);
export const goalFold = foldOf(initialGoal, evolveGoal);
