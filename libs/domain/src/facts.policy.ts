import type { FactsCommand } from './facts.js';
import type { Principal, Visibility } from './kernel/access.js';
import { allow, FORBIDDEN } from './kernel/decision.js';
import type { Verdict } from './kernel/decision.js';
import { unitOwner } from './kernel/owner.js';
import { allowRole, exceptOwn, hasRole, mayWrite } from './kernel/principal.js';

/**
 * Who records facts and reports (`domain.md`, Who may do what): an `INTEGRATION` for its metrics and sources; `FINANCE`
 * and `HR` by hand, with evidence, and never of themselves or of a unit they head (`OWN_CASE`). Flagging is the
 * system's.
 */
export function mayFacts(principal: Principal, command: FactsCommand): Verdict {
  if (command.type === 'FlagFactFoundElsewhere') return FORBIDDEN;
  const { owner, metric } = command.data;
  const { integration } = principal;
  if (integration !== undefined) {
    const own = sourcesOf(command).every((source) => integration.sources.includes(source));
    return mayWrite(principal) && own && integration.metrics.includes(metric) ? allow('INTEGRATION') : FORBIDDEN;
  }
  return exceptOwn(allowRole(principal, 'FINANCE', 'HR'), principal, [owner]);
}

function sourcesOf(command: Exclude<FactsCommand, { readonly type: 'FlagFactFoundElsewhere' }>): readonly string[] {
  return command.type === 'RecordFacts' ? command.data.facts.map(({ source }) => source) : [command.data.source];
}

/**
 * Whose facts somebody reads: their own, those of their reports and of the units they head. All of them: `HR` and
 * `FINANCE` (who enter them), `MARKETING_HEAD`, the committee, `AUDITOR`. An integration reads those of its metrics.
 */
export function visibleFacts(principal: Principal): Visibility {
  if (hasRole(principal, 'HR', 'FINANCE', 'MARKETING_HEAD', 'COMMITTEE', 'AUDITOR')) return 'ALL';
  if (principal.integration !== undefined)
    return { any: [{ column: 'metric', in: [...principal.integration.metrics] }] };
  if (!hasRole(principal, 'EMPLOYEE')) return 'NONE';
  const heads = [...principal.heads];
  return {
    any: [
      { column: 'owner', in: [principal.personId, ...principal.manages, ...heads.map(unitOwner)] },
      { column: 'manager', in: [principal.personId] },
      { column: 'ownerUnit', in: heads },
    ],
  };
}
