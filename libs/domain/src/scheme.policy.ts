import type { Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { allowRole } from './kernel/principal.js';
import { mayAssent } from './assent.js';
import type { SchemeCommand } from './scheme.js';

/**
 * Who may issue a command on a scheme (`domain.md`, Who may do what): `MARKETING_HEAD` and `HR` draft, propose, publish
 * and retire; a committee seat assents or declines.
 */
export function mayScheme(principal: Principal, command: SchemeCommand): Verdict {
  switch (command.type) {
    case 'AssentToSchemeVersion':
    case 'DeclineSchemeVersion':
      return mayAssent(principal, command.data);
    case 'DraftScheme':
    case 'ProposeSchemeVersion':
    case 'PublishSchemeVersion':
    case 'RetireScheme':
      return allowRole(principal, 'MARKETING_HEAD', 'HR');
  }
}

/** Schemes are the rules that everybody is judged by, so whoever belongs to the company reads them all. */
export function visibleSchemes(principal: Principal): Visibility {
  return principal.roles.size > 0 ? 'ALL' : 'NONE';
}
