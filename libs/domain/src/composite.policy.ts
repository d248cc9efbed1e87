import type { Principal, Visibility } from './kernel/access.js';
import { FORBIDDEN, type Verdict } from './kernel/decision.js';
import { allowRole, exceptOwn, hasRole } from './kernel/principal.js';
import type { CompositeCommand } from './composite.js';

/** `HR` publishes composites, nobody their own; revisions follow by `SYSTEM` (`domain.md`, Who may do what). */
export function mayComposite(principal: Principal, command: CompositeCommand): Verdict {
  if (command.type === 'ReviseComposite') return FORBIDDEN;
  return exceptOwn(allowRole(principal, 'HR'), principal, [command.data.personId]);
}

/**
 * Who reads a composite: `HR`, the committee and the auditor all; the person and their directory manager of today theirs,
 * by the column `subject`.
 */
export function visibleComposites(principal: Principal): Visibility {
  if (hasRole(principal, 'HR', 'COMMITTEE', 'AUDITOR')) return 'ALL';
  if (principal.roles.size === 0) return 'NONE';
  return { any: [{ column: 'subject', in: [principal.personId, ...principal.manages] }] };
}
