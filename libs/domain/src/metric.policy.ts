import type { Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { allowRole } from './kernel/principal.js';
import type { MetricCommand } from './metric.js';

/** Who defines metrics (`domain.md`, Who may do what): `MARKETING_HEAD` and `HR`. */
export const mayMetric = (principal: Principal, _command: MetricCommand): Verdict =>
  allowRole(principal, 'MARKETING_HEAD', 'HR');

/** Metrics say what everybody is measured by: whoever belongs to the company, integrations too, reads them all. */
export const visibleMetrics = (principal: Principal): Visibility => (principal.roles.size > 0 ? 'ALL' : 'NONE');
