import type { Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { allowRole } from './kernel/principal.js';
import type { TemplateCommand } from './template.js';

/** Who publishes role templates (`domain.md`, Who may do what): `MARKETING_HEAD` and `HR`. */
export const mayTemplate = (principal: Principal, _command: TemplateCommand): Verdict =>
  allowRole(principal, 'MARKETING_HEAD', 'HR');

/** Templates name no person: whoever belongs to the company reads them all. */
export const visibleTemplates = (principal: Principal): Visibility => (principal.roles.size > 0 ? 'ALL' : 'NONE');
