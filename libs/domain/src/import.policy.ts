import type { Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { allowRole, hasRole } from './kernel/principal.js';
import type { ImportCommand } from './import.js';

/** Who imports (`api.md`, Import of a CRM export): an `INTEGRATION`; `ADMIN`, who begins the log of a replay with it. */
export const mayImport = (principal: Principal, _command: ImportCommand): Verdict =>
  allowRole(principal, 'INTEGRATION', 'ADMIN');

/** Who reads what was imported: integrations, and those who answer for facts or keep the log. */
export const visibleImports = (principal: Principal): Visibility =>
  hasRole(principal, 'INTEGRATION', 'ADMIN', 'HR', 'FINANCE', 'AUDITOR') ? 'ALL' : 'NONE';
