import { mayAssent } from './assent.js';
import type { CycleCommand, CycleWorld } from './cycle-commands.js';
import { recalibrationOf } from './cycle.state.js';
import type { CycleState } from './cycle.state.js';
import type { Principal, Visibility } from './kernel/access.js';
import { FORBIDDEN } from './kernel/decision.js';
import type { Verdict } from './kernel/decision.js';
import { unitOfOwner, unitOwner } from './kernel/owner.js';
import { allowIf, allowRole, firstAllowed, hasRole } from './kernel/principal.js';

const READERS = ['MARKETING_HEAD', 'HR', 'FINANCE', 'COMMITTEE', 'AUDITOR'] as const;

/**
 * Who may issue a command on a cycle (`domain.md`, Who may do what): `HR` opens and closes; the owners, their managers
 * and the `MARKETING_HEAD` request a recalibration and withdraw their own; affected owners give feedback; the
 * `MARKETING_HEAD` decides, or the committee by ballots. What is an owner's own affair here is given to owners as such;
 * SELF_APPROVAL, not OWN_CASE, keeps them from deciding. SYSTEM alone cuts off, closes feedback and completes.
 */
export function mayCycle(
  principal: Principal,
  command: CycleCommand,
  of: { readonly state: CycleState; readonly world: Pick<CycleWorld, 'targets'> },
): Verdict {
  switch (command.type) {
    case 'OpenCycle':
    case 'CloseCycle':
      return allowRole(principal, 'HR');
    case 'RequestRecalibration':
      return mayRequest(principal, command.data, of.world);
    case 'WithdrawRecalibration': {
      const requester = recalibrationOf(of.state, command.data.recalibration)?.requester;
      return allowIf(principal, requester === principal.personId, 'REQUESTER');
    }
    case 'GiveFeedback':
      return allowIf(principal, hasRole(principal, 'EMPLOYEE'), 'OWNER');
    case 'ApproveRecalibration':
    case 'RejectRecalibration':
      return allowRole(principal, 'MARKETING_HEAD');
    case 'AssentToRecalibration':
    case 'DeclineRecalibration':
      return mayAssent(principal, command.data);
    case 'CutOffData':
    case 'CloseFeedback':
    case 'CompleteRecalibration':
      return FORBIDDEN;
  }
}

/** Cycles are the company's calendar of appraisal: whoever belongs to the company reads them. */
export const visibleCycles = (principal: Principal): Visibility => (principal.roles.size > 0 ? 'ALL' : 'NONE');

/**
 * Who reads a recalibration: who asked for it, the owners it touches and their managers, `MARKETING_HEAD`, `HR`,
 * `FINANCE`, the committee and the auditor. By the view's columns `requester`, `affected` (people) and `owner` (owner ids).
 */
export function visibleRecalibrations(principal: Principal): Visibility {
  if (hasRole(principal, ...READERS)) return 'ALL';
  if (principal.roles.size === 0) return 'NONE';
  const owners = [principal.personId, ...principal.manages, ...[...principal.heads].map(unitOwner)];
  return {
    any: [
      { column: 'requester', in: [principal.personId] },
      { column: 'affected', in: [principal.personId, ...principal.manages] },
      { column: 'owner', in: owners },
    ],
  };
}

/** Every owner in the request must be the principal's own affair: themselves, a unit they head, or somebody they manage. */
function mayRequest(
  principal: Principal,
  data: Extract<CycleCommand, { readonly type: 'RequestRecalibration' }>['data'],
  { targets }: Pick<CycleWorld, 'targets'>,
): Verdict {
  const { adjust = [], add = [], withdraw = [] } = data;
  const named = [...adjust.map(({ target }) => target), ...withdraw].map((target) => {
    const state = targets[target]?.state;
    return state === undefined || state.status === 'ABSENT' ? null : state.owner;
  });
  const owners = [...named, ...add.map(({ owner }) => owner)];
  const all = (test: (owner: string) => boolean): boolean => owners.every((owner) => owner !== null && test(owner));
  const own = (owner: string): boolean => {
    const unit = unitOfOwner(owner);
    return unit === null ? owner === principal.personId : principal.heads.has(unit);
  };
  return firstAllowed(
    allowRole(principal, 'MARKETING_HEAD'),
    allowIf(
      principal,
      all((owner) => principal.manages.has(owner)),
      'MANAGER',
    ),
    allowIf(principal, all(own), 'OWNER'),
    allowIf(
      principal,
      all((owner) => own(owner) || principal.manages.has(owner)),
      'MANAGER',
    ),
  );
}
