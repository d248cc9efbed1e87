import { cascadeOf, type CascadeNode, type Visibility } from '@assay/domain';
import type { ReadModels } from '../read-models.js';
import type { AsOf } from '../replay/list-as-of.js';
import type { Filter } from '../query/predicates.js';
import type { View } from '../view/view.js';
import { goalView, type GoalDocument } from './goal.projector.js';
import { targetView, type TargetDocument } from './target.projector.js';

/** Which cascade, at which moment, and what of it may be seen: sums cover visible targets only (`api.md`, Lists). */
export interface CascadeQuestion {
  /** The goal whose cascade it is; null for all of them. */
  readonly root: string | null;
  readonly goals: Visibility;
  readonly targets: Visibility;
  /** Absent live. */
  readonly asOf?: AsOf;
}
/** A node of a cascade with the goal's own document. */
export interface CascadeEntry extends CascadeNode {
  readonly goal: GoalDocument;
}

/**
 * The cascade of a goal, or of all: parents before their children, each with the sum of its live targets, the rest that
 * nobody took up and the over-allocation (`domain.md`, Goals). The same pure function live and as of a position; empty
 * where the goal is not there or not visible.
 */
export async function loadCascade(readModels: Pick<ReadModels, 'all' | 'listAsOf'>, question: CascadeQuestion): Promise<readonly CascadeEntry[]> {
  const documents = async <Doc>(view: View<Doc>, visibility: Visibility, filter: Filter = {}): Promise<readonly Doc[]> => {
    const rows = question.asOf
      ? await readModels.listAsOf(view, { ...question.asOf, visibility, filter })
      : await readModels.all(view, { visibility, filter });
    return rows.map(({ doc }) => doc);
  };
  const goals = beneath(await documents(goalView, question.goals), question.root);
  if (goals.length === 0) return [];
  const serving = { goal: { in: goals.map(({ goalId }) => goalId) }, status: { eq: 'LIVE' } };
  const targets: readonly TargetDocument[] = await documents(targetView, question.targets, serving);
  const accumulations = Object.fromEntries(goals.flatMap(({ metric, accumulation }) => (accumulation === null ? [] : [[metric, accumulation]])));
  const byId = new Map(goals.map((goal) => [goal.goalId, goal]));
  return cascadeOf(goals, targets, accumulations).flatMap((node) => {
    const goal = byId.get(node.goalId);
    return goal === undefined ? [] : [{ ...node, goal }];
  });
}

/** A goal and all beneath it, or every goal. */
function beneath(goals: readonly GoalDocument[], root: string | null): readonly GoalDocument[] {
  if (root === null) return goals;
  const reached = new Set([root]);
  let before = 0;
  while (before < reached.size) {
    before = reached.size;
    for (const { goalId, parent } of goals) if (parent !== null && reached.has(parent)) reached.add(goalId);
  }
  return goals.filter(({ goalId }) => reached.has(goalId));
}
