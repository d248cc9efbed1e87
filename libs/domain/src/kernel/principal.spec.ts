import { describe, expect, it } from '@jest/globals';
import type { Principal, Role } from './access.js';
import { allow, FORBIDDEN, OWN_CASE } from './decision.js';
import { allowIf, allowRole, exceptOwn, firstAllowed, hasRole, isOwn, mayWrite } from './principal.js';

const LI = '00000000-0000-4000-8000-000000000001';
const principal = (...roles: readonly Role[]): Principal => ({
  personId: LI,
  roles: new Set(roles),
  manages: new Set(),
  heads: new Set(['east']),
  seats: new Set(),
});

describe('what policies are written with (domain.md, Who may do what)', () => {
  it.each([
    [[], false],
    [['EMPLOYEE'], true],
    [['AUDITOR'], false],
    [['ADMIN', 'HR', 'AUDITOR'], false],
  ] as const)('with roles %j one may write: %s', (roles, expected) => {
    expect(mayWrite(principal(...roles))).toBe(expected);
    expect(allowIf(principal(...roles), true, 'SELF')).toEqual(expected ? allow('SELF') : FORBIDDEN);
    expect(allowIf(principal(...roles), false, 'SELF')).toEqual(FORBIDDEN);
  });

  it.each([
    [['HR'], 'HR'],
    [['FINANCE', 'HR'], 'FINANCE'],
    [['MANAGER'], null],
    [['HR', 'AUDITOR'], null],
  ] as const)('the authority of roles %j is %s', (roles, authority) => {
    expect(allowRole(principal(...roles), 'FINANCE', 'HR')).toEqual(authority === null ? FORBIDDEN : allow(authority));
    expect(hasRole(principal(...roles), 'FINANCE', 'HR')).toBe(roles.some((role) => role === 'HR'));
  });

  it.each([
    [[], false],
    [['00000000-0000-4000-8000-000000000002', 'unit:west'], false],
    [[LI], true],
    [['unit:east'], true],
  ])('is a case of %j their own: %s', (owners, own) => {
    expect(isOwn(principal('HR'), owners)).toBe(own);
    expect(exceptOwn(allow('HR'), principal('HR'), owners)).toEqual(own ? OWN_CASE : allow('HR'));
    expect(exceptOwn(FORBIDDEN, principal('HR'), owners)).toEqual(FORBIDDEN);
  });

  it('takes the first verdict that allows, then own case, then forbidden', () => {
    expect(firstAllowed(FORBIDDEN, OWN_CASE, allow('MANAGER'), allow('HR'))).toEqual(allow('MANAGER'));
    expect(firstAllowed(FORBIDDEN, OWN_CASE)).toEqual(OWN_CASE);
    expect(firstAllowed(FORBIDDEN)).toEqual(FORBIDDEN);
    expect(firstAllowed()).toEqual(FORBIDDEN);
  });
});
