import type { Principal, Role } from './access.js';
import { allow, FORBIDDEN, OWN_CASE } from './decision.js';
import type { Verdict } from './decision.js';

/** What policies are written with (`domain.md`, Who may do what). `principalOf` in `identity.ts` makes the principal. */

/** Whether a principal may write anything: not who left (no role at all), and never an auditor, whatever else they are. */
export const mayWrite = (principal: Principal): boolean => principal.roles.size > 0 && !principal.roles.has('AUDITOR');

/** Whether a principal has one of the roles. */
export const hasRole = (principal: Principal, ...roles: readonly Role[]): boolean =>
  roles.some((role) => principal.roles.has(role));

/**
 * Allows a write to whoever has one of the roles; the authority is the first of them in the order given.
 * `FORBIDDEN` otherwise, and to auditors.
 */
export function allowRole(principal: Principal, ...roles: readonly Role[]): Verdict {
  const role = mayWrite(principal) ? roles.find((one) => principal.roles.has(one)) : undefined;
  return role === undefined ? FORBIDDEN : allow(role);
}

/** Allows a write under the authority where the condition holds; `FORBIDDEN` otherwise, and to auditors. */
export const allowIf = (principal: Principal, condition: boolean, authority: string): Verdict =>
  condition && mayWrite(principal) ? allow(authority) : FORBIDDEN;

/** The first verdict that allows, else the first that says `OWN_CASE`, else `FORBIDDEN`. */
export function firstAllowed(...verdicts: readonly Verdict[]): Verdict {
  const allowed = verdicts.find((verdict) => 'authority' in verdict);
  return allowed ?? verdicts.find((verdict) => 'denied' in verdict && verdict.denied === 'OWN_CASE') ?? FORBIDDEN;
}

/**
 * Whether the principal is one of the owners or subjects: the person themselves, or of a unit (`unit:<code>`) its head.
 */
export const isOwn = (principal: Principal, ownerIds: readonly string[]): boolean =>
  ownerIds.some((id) => id === principal.personId || (id.startsWith('unit:') && principal.heads.has(id.slice(5))));

/**
 * `OWN_CASE`: turns down what a verdict allows where the principal is subject or owner. What is forbidden anyway stays
 * `FORBIDDEN`, because rights are checked before rules (`domain.md`, Order of checks).
 */
export const exceptOwn = (verdict: Verdict, principal: Principal, ownerIds: readonly string[]): Verdict =>
  'authority' in verdict && isOwn(principal, ownerIds) ? OWN_CASE : verdict;
