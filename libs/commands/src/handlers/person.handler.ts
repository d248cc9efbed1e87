import {
  decidePerson,
  mayPerson,
  personCommands,
  personRow,
  sees,
  visiblePeople,
  identityInCompany,
  type PersonCommand,
  type PersonEvent,
  type PersonState,
  type PersonWorld,
} from '@assay/domain';
import { personFold } from '../folds.js';
import { companyOf, standingOf } from '../gather.js';
import type { AggregateHandler, Gathering } from '../handler.js';

/** Makes the keyed digest of a source account (`domain.md`, People): HMAC-SHA-256 under a key kept with the personal keys. */
export type AccountDigest = (source: string, accountKey: string) => Promise<string>;

/** What the handler of `person-<id>` works on: the state, and the world with the day by which access is judged. */
interface World extends PersonWorld {
  readonly today: string;
}

/** Commands of `person-<id>` (`domain.md`, People). */
export const personHandler = (digestOf: AccountDigest): AggregateHandler<PersonState, PersonCommand, World, PersonEvent> => ({
  aggregate: 'person',
  commands: personCommands,
  fold: personFold,
  stream: (message, ids) => {
    if (message.type !== 'JoinPerson') return `person-${message.id ?? ''}`;
    // The first administrator was named by LogOpened; everybody else's id follows from the command.
    return `person-${typeof message.data.personId === 'string' ? message.data.personId : ids.fresh}`;
  },
  world: async (command, _state, gathering) => {
    const company = await companyOf(gathering);
    const managerId = 'manager' in command.data ? command.data.manager : null;
    const standing = managerId === null ? {} : await standingOf(gathering, [managerId]);
    const manager = managerId === null ? null : (standing[managerId] ?? 'UNKNOWN');
    const identityHolder = command.type === 'LinkIdentity' ? await holderOfIdentity(command.data, gathering) : null;
    const keyDigest = command.type === 'LinkSourceAccount' ? await digestOf(command.data.source, command.data.accountKey) : null;
    const accountHolder = keyDigest === null ? null : await gathering.finder.personBySourceAccount(keyDigest, gathering.reader.position);
    return { ...gathering, company, manager, identityHolder, keyDigest, accountHolder };
  },
  mayRead: (principal, state, world) => sees(visiblePeople(principal), personRow(state, world.today)),
  may: (principal, command) => mayPerson(principal, command),
  decide: decidePerson,
  subject: (event, state) => (event.type === 'PersonJoined' ? event.data.personId : state.status === 'ABSENT' ? undefined : state.personId),
  effectiveOn: (event) => ('from' in event.data ? event.data.from : undefined),
});

async function holderOfIdentity(identity: { readonly issuer: string; readonly subject: string }, gathering: Gathering): Promise<string | null> {
  const named = identityInCompany(await companyOf(gathering), identity);
  if (named !== null) return 'personId' in named ? named.personId : named.integration.integrationId;
  return gathering.finder.personByIdentity(identity, gathering.reader.position);
}
