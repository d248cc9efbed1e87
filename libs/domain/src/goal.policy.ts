import { mayAssent } from './assent.js';
import type { GoalCommand } from './goal.js';
import type { Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { allowRole } from './kernel/principal.js';

/** Who commands goals (`domain.md`, Who may do what): `MARKETING_HEAD` and `HR`; a committee seat its ballot. */
export function mayGoal(principal: Principal, command: GoalCommand): Verdict {
  switch (command.type) {
    case 'AssentToGoalRevision':
    case 'DeclineGoalRevision':
      return mayAssent(principal, command.data);
    case 'SetGoal':
    case 'ProposeGoalRevision':
    case 'RetireGoal':
      return allowRole(principal, 'MARKETING_HEAD', 'HR');
    default:
      return never(command);
  }
}

/** Goals are what everybody's targets serve (§1.1): whoever belongs to the company reads them all. */
export const visibleGoals = (principal: Principal): Visibility => (principal.roles.size > 0 ? 'ALL' : 'NONE');
