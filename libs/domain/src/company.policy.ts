import { mayAssent } from './assent.js';
import type { CompanyCommand } from './company.js';
import type { Principal, Visibility } from './kernel/access.js';
import { FORBIDDEN } from './kernel/decision.js';
import type { Verdict } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { allowRole, hasRole } from './kernel/principal.js';

/**
 * Who may command the company (`domain.md`, Who may do what): `ADMIN` roles, seats, integrations, calendar and the log
 * itself; `HR` units; a seat its ballot. Opening a log, ending a simulation and reopening a moved log are the command line's and the loader's.
 */
export function mayCompany(principal: Principal, command: CompanyCommand): Verdict {
  switch (command.type) {
    case 'OpenLog':
    case 'EndSimulation':
    case 'ReopenLog':
      return FORBIDDEN;
    case 'DefineUnit':
    case 'ChangeUnitHead':
      return allowRole(principal, 'HR');
    case 'AssentToSeatChange':
    case 'DeclineSeatChange':
      return mayAssent(principal, command.data);
    case 'AcceptClockStep':
    case 'CloseLog':
    case 'PublishCalendar':
    case 'GrantRole':
    case 'RevokeRole':
    case 'RegisterIntegration':
    case 'FillSeat':
    case 'VacateSeat':
    case 'NameAlternates':
      return allowRole(principal, 'ADMIN');
    default:
      return never(command);
  }
}

/**
 * Units, calendar, roles, seats and registrations are how the company is run: everybody who belongs to it reads them.
 * Subjects of identities are for `seesIdentities` alone.
 */
export const visibleCompany = (principal: Principal): Visibility => (principal.roles.size > 0 ? 'ALL' : 'NONE');

/** Whether issuer and subject of identities are shown: to `ADMIN`, who keeps them, and to `AUDITOR`. */
export const seesIdentities = (principal: Principal): boolean => hasRole(principal, 'ADMIN', 'AUDITOR');
