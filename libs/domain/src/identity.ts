import { committeeOn, grantedRoles, seatsOf, unitsHeadedBy } from './company.state.js';
import type { CompanyState, Integration } from './company.state.js';
import type { Principal, Role } from './kernel/access.js';
import type { Day } from './kernel/schema.js';
import { assignmentOn, hasLeft } from './person.state.js';
import type { PersonState } from './person.state.js';

/** What the log says of a person on a day: all that their rights follow from. */
export interface StandingOf {
  readonly personId: string;
  /** The fold of `person-<id>`; `ABSENT` for a first administrator who has not joined as a person. */
  readonly person: PersonState;
  readonly company: CompanyState;
  readonly today: Day;
  /** Ids of the people whose directory manager they are today. */
  readonly reports: readonly string[];
  /** People who have left: for them alternates stand in. */
  readonly gone?: readonly string[];
}

/**
 * The rights of a person today (`domain.md`, Who may do what): `EMPLOYEE`, `MANAGER` and `COMMITTEE` follow from the
 * directory and the seats, the others from grants. Who has left has none, at the next request. A token adds nothing.
 */
export function principalOf({ personId, person, company, today, reports, gone = [] }: StandingOf): Principal {
  if (company.status === 'ABSENT' || hasLeft(person, today)) return nobody(personId);
  const seats = new Set(seatsOf(committeeOn(company, today, gone), personId));
  const employed = assignmentOn(person, today) !== null;
  const derived: readonly Role[] = [
    ...(employed ? ['EMPLOYEE' as const] : []),
    ...(employed && reports.length > 0 ? ['MANAGER' as const] : []),
    ...(seats.size > 0 ? ['COMMITTEE' as const] : []),
  ];
  return {
    personId,
    roles: new Set([...derived, ...grantedRoles(company, personId, today)]),
    manages: new Set(employed ? reports : []),
    heads: new Set(unitsHeadedBy(company, personId, today)),
    seats,
  };
}

/** The rights of a registered integration: its sources and metrics, and nothing else. */
export function integrationPrincipal({ integrationId, sources, metrics }: Integration): Principal {
  return { ...nobody(integrationId), roles: new Set<Role>(['INTEGRATION']), integration: { sources, metrics } };
}

/**
 * Whom the company stream itself links to an identity of a token: the first administrator or an integration; null where
 * neither is, and the person linked by `IdentityLinked` is to be looked for.
 */
export function identityInCompany(
  company: CompanyState,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): { readonly personId: string } | { readonly integration: Integration } | null {
  if (company.status === 'ABSENT') return null;
  const is = (one: { readonly issuer: string; readonly subject: string }): boolean =>
    one.issuer === issuer && one.subject === subject;
  if (is(company.admin)) return { personId: company.admin.personId };
  const integration = company.integrations.find(is);
  return integration === undefined ? null : { integration };
}

const nobody = (personId: string): Principal => ({
  personId,
  roles: new Set(),
  manages: new Set(),
  heads: new Set(),
  seats: new Set(),
});
