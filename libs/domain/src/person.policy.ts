import type { AccessRow, Principal, Visibility } from './kernel/access.js';
import type { Verdict } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { allowRole, hasRole } from './kernel/principal.js';
import type { PersonCommand } from './person.js';
import { assignmentOn } from './person.state.js';
import type { PersonState } from './person.state.js';

/**
 * Who may command a person's entry (`domain.md`, Who may do what): `HR` people, `ADMIN` identities; source accounts are
 * both a matter of people and of identities, so both link them.
 */
export function mayPerson(principal: Principal, command: PersonCommand): Verdict {
  switch (command.type) {
    case 'JoinPerson':
    case 'TransferPerson':
    case 'RecordDeparture':
      return allowRole(principal, 'HR');
    case 'LinkIdentity':
      return allowRole(principal, 'ADMIN');
    case 'LinkSourceAccount':
      return allowRole(principal, 'HR', 'ADMIN');
    default:
      return never(command);
  }
}

/**
 * Whose directory entries somebody reads: their own, those of their reports and of the units they head. All of them:
 * `HR` (people), `MARKETING_HEAD` and the committee (whose people they are), `FINANCE` (facts of anybody), `ADMIN`
 * (identities), `AUDITOR`. An integration reads none: it knows its own keys.
 */
export function visiblePeople(principal: Principal): Visibility {
  if (hasRole(principal, 'HR', 'MARKETING_HEAD', 'COMMITTEE', 'FINANCE', 'ADMIN', 'AUDITOR')) return 'ALL';
  if (!hasRole(principal, 'EMPLOYEE')) return 'NONE';
  return {
    any: [
      // Reports of the day by id: a row's manager is that of its last entry, which may be dated ahead.
      { column: 'subject', in: [principal.personId, ...principal.manages] },
      { column: 'manager', in: [principal.personId] },
      { column: 'ownerUnit', in: [...principal.heads] },
    ],
  };
}

/** A person as `visiblePeople` judges them: `manager` and `ownerUnit` are those of the day, or of the first day to come. */
export function personRow(person: PersonState, on: string): AccessRow {
  if (person.status === 'ABSENT') return {};
  const entry = assignmentOn(person, on) ?? person.assignments.at(-1);
  return { subject: person.personId, manager: entry?.manager ?? null, ownerUnit: entry?.unit ?? null };
}
