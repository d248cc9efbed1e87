import type { Principal, Visibility } from './kernel/access.js';
import { FORBIDDEN } from './kernel/decision.js';
import type { Verdict } from './kernel/decision.js';
import { unitOfOwner, unitOwner } from './kernel/owner.js';
import { allowIf, exceptOwn, hasRole } from './kernel/principal.js';
import type { TargetCommand } from './target.js';
import type { TargetState } from './target.state.js';

/**
 * Who may issue a command on a target (`domain.md`, Who may do what): the owner's manager (of a unit's target the
 * `MARKETING_HEAD`) sets, changes, withdraws and confirms; the owner (of a unit's the unit's head) records key actions.
 * `OWN_CASE`: nobody sets, changes, withdraws or confirms what they own. Nobody but SYSTEM applies a recalibration.
 */
export function mayTarget(principal: Principal, command: TargetCommand, of: { readonly state: TargetState }): Verdict {
  if (command.type === 'ApplyRecalibration') return FORBIDDEN;
  const owner = command.type === 'SetTarget' ? command.data.owner : ownerOf(of.state);
  if (owner === null) return FORBIDDEN;
  const unit = unitOfOwner(owner);
  if (command.type === 'RecordKeyAction')
    return unit === null
      ? allowIf(principal, principal.personId === owner, 'OWNER')
      : allowIf(principal, principal.heads.has(unit), 'UNIT_HEAD');
  const verdict =
    unit === null
      ? allowIf(principal, principal.manages.has(owner), 'MANAGER')
      : allowIf(principal, hasRole(principal, 'MARKETING_HEAD'), 'MARKETING_HEAD');
  return exceptOwn(verdict, principal, [owner]);
}

/**
 * Who reads a target: its owner, the owner's manager, `MARKETING_HEAD`, `HR`, `FINANCE`, the committee and the auditor;
 * a unit's target its members and head too. By the view's column `owner` (a person id or `unit:<code>`).
 */
export function visibleTargets(principal: Principal): Visibility {
  if (hasRole(principal, 'MARKETING_HEAD', 'HR', 'FINANCE', 'COMMITTEE', 'AUDITOR')) return 'ALL';
  if (principal.roles.size === 0) return 'NONE';
  const units = [...principal.heads, ...(principal.unit === undefined ? [] : [principal.unit])];
  const owners = [principal.personId, ...principal.manages, ...new Set(units.map(unitOwner))];
  return { any: [{ column: 'owner', in: owners }] };
}

const ownerOf = (state: TargetState): string | null => (state.status === 'ABSENT' ? null : state.owner);
