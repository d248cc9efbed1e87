import { z } from 'zod';
import { identityFields } from './company.events.js';
import { unitOf } from './company.state.js';
import type { CompanyState } from './company.state.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext, Rejection } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { code, day, personalText, uuid } from './kernel/schema.js';
import type { Day } from './kernel/schema.js';
import { assignmentFields } from './person.events.js';
import type { PersonEvent } from './person.events.js';
import type { KnownPerson, PersonState } from './person.state.js';

/** The commands of `person-<id>` (`domain.md`, People). */
export const personCommands = defineCommands({
  JoinPerson: {
    doc: 'Enter a person into the directory. `personId` only for the first administrator, whom the log named already.',
    input: z.strictObject({ personId: uuid.optional(), name: personalText(120), ...assignmentFields }),
    creates: true,
  },
  LinkIdentity: { doc: 'Make tokens of an issuer and subject this person’s.', input: z.strictObject(identityFields) },
  LinkSourceAccount: {
    doc: 'Tell under which key a source knows this person; only a keyed digest of it is recorded.',
    input: z.strictObject({ source: code, accountKey: personalText(300) }),
  },
  TransferPerson: {
    doc: 'Give the person another role, unit or manager from a day on, past or to come.',
    input: z.strictObject(assignmentFields),
  },
  RecordDeparture: {
    doc: 'Record from which day on the person no longer belongs to the company.',
    input: z.strictObject({ from: day }),
    reason: 'optional',
  },
});
export type PersonCommand = CommandOf<typeof personCommands>;

/** What a decision on a person needs of other streams. */
export interface PersonWorld extends DecisionContext {
  readonly company: CompanyState;
  /** The manager named: unknown, or here, or left by today; null where none is named. */
  readonly manager: 'UNKNOWN' | 'HERE' | 'LEFT' | null;
  /** Person or integration to whom the identity named is linked already, or null. */
  readonly identityHolder: string | null;
  /** HMAC-SHA-256 of the source account's key under the log's key; null where the command names no account. */
  readonly keyDigest: string | null;
  /** Person to whom that account is linked already, or null. */
  readonly accountHolder: string | null;
}

/**
 * Decides a command on a person. Rejects `ALREADY_EXISTS`, `NOT_THERE`, `PERSON_LEFT`, `REFERENCE_UNKNOWN` (unit, or an
 * id that the log did not name), `PERSON_UNKNOWN` (manager), `DATED_OUT_OF_ORDER`, `NOTHING_CHANGES`,
 * `IDENTITY_TAKEN`, `SOURCE_ACCOUNT_TAKEN`.
 */
export function decidePerson(state: PersonState, command: PersonCommand, world: PersonWorld): Decision<PersonEvent> {
  if (command.type === 'JoinPerson') return join(state, command.data, world);
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  if (state.status === 'LEFT') return reject('PERSON_LEFT');
  switch (command.type) {
    case 'LinkIdentity':
      if (world.identityHolder === state.personId) return reject('NOTHING_CHANGES');
      if (world.identityHolder !== null) return reject('IDENTITY_TAKEN');
      return accept({ type: 'IdentityLinked', data: command.data });
    case 'LinkSourceAccount':
      return linkAccount(state, command.data.source, world);
    case 'TransferPerson':
      return transfer(state, command.data, world);
    case 'RecordDeparture':
      return latest(state) < command.data.from
        ? accept({ type: 'PersonLeft', data: command.data })
        : reject('DATED_OUT_OF_ORDER', fact('from', latest(state), 'DATE'));
    default:
      return never(command);
  }
}

type Data<T extends PersonCommand['type']> = Extract<PersonCommand, { readonly type: T }>['data'];

function join(state: PersonState, data: Data<'JoinPerson'>, world: PersonWorld): Decision<PersonEvent> {
  if (state.status !== 'ABSENT') return reject('ALREADY_EXISTS');
  const { company } = world;
  const named = company.status === 'ABSENT' ? undefined : company.admin.personId;
  if (data.personId !== undefined && data.personId !== named)
    return reject('REFERENCE_UNKNOWN', fact('person', data.personId, 'ID'));
  const personId = data.personId ?? world.newId;
  return assignable(personId, data, world) ?? accept({ type: 'PersonJoined', data: { ...data, personId } });
}

function transfer(state: KnownPerson, data: Data<'TransferPerson'>, world: PersonWorld): Decision<PersonEvent> {
  const refused = assignable(state.personId, data, world);
  if (refused) return refused;
  if (data.from <= latest(state)) return reject('DATED_OUT_OF_ORDER', fact('from', latest(state), 'DATE'));
  const now = state.assignments.at(-1);
  if (now?.role === data.role && now.unit === data.unit && now.manager === data.manager)
    return reject('NOTHING_CHANGES');
  return accept({ type: 'PersonTransferred', data });
}

function linkAccount(state: KnownPerson, source: string, world: PersonWorld): Decision<PersonEvent> {
  if (world.accountHolder === state.personId) return reject('NOTHING_CHANGES');
  if (world.accountHolder !== null) return reject('SOURCE_ACCOUNT_TAKEN');
  return world.keyDigest === null
    ? reject('REFERENCE_UNKNOWN', fact('source', source, 'CODE'))
    : accept({ type: 'SourceAccountLinked', data: { source, keyDigest: world.keyDigest } });
}

/** Why somebody cannot be put there: no such unit, no such manager, or their own manager. */
function assignable(
  personId: string,
  { unit, manager }: { readonly unit: string; readonly manager: string | null },
  world: PersonWorld,
): Rejection | null {
  if (world.company.status === 'ABSENT' || !unitOf(world.company, unit))
    return reject('REFERENCE_UNKNOWN', fact('unit', unit, 'CODE'));
  if (manager === null) return null;
  if (world.manager !== 'HERE' && world.manager !== 'LEFT')
    return reject('PERSON_UNKNOWN', fact('manager', manager, 'ID'));
  if (manager === personId) return reject('REFERENCE_UNKNOWN', fact('manager', manager, 'ID'));
  return world.manager === 'LEFT' ? reject('PERSON_LEFT', fact('manager', manager, 'ID')) : null;
}

const latest = ({ assignments }: KnownPerson): Day => assignments.at(-1)?.from ?? '0001-01-01';
