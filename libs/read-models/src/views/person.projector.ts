import { evolvePerson, initialPerson, personOnlyUpTo, type KnownPerson, type PersonState } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/**
 * A person with the dated directory entries (`domain.md`, People), so that who is whose manager on a day is asked of
 * the document by `assignmentOn`. `identities` are for `seesIdentities` alone; of source accounts there are digests only.
 */
export type PersonDocument = KnownPerson & DocumentOrigin;

/** One text for an identity of a token, by which it is looked up: U+0000 stands in no text of the log, nor of PostgreSQL. */
export const identityKey = ({ issuer, subject }: { readonly issuer: string; readonly subject: string }): string => JSON.stringify([issuer, subject]);

/**
 * The directory. The access columns `manager` and `ownerUnit` are those of the last entry, dated as it may be; the day's
 * own come with the principal (`manages`). `managers`, `units` and `roles` are all there ever were, for look-ups by day.
 */
export const personView = defineView<PersonDocument>()({
  name: 'person',
  version: 1,
  root: 'person',
  categories: {
    person: rooted<PersonState>({
      initial: initialPerson,
      evolve: evolvePerson,
      asOfDay: (state, day) => personOnlyUpTo(state, day) ?? initialPerson,
    }),
  },
  compute: ({ key, root: { state, position }, states }): PersonDocument | null =>
    state.status === 'ABSENT' ? null : { ...state, revision: states.revision(key), position },
  columns: {
    subject: { type: 'text', of: (doc) => doc.personId },
    manager: { type: 'text', of: (doc) => doc.assignments.at(-1)?.manager },
    ownerUnit: { type: 'text', of: (doc) => doc.assignments.at(-1)?.unit },
    role: { type: 'text', of: (doc) => doc.assignments.at(-1)?.role },
    managers: { type: 'text[]', of: (doc) => distinct(doc.assignments.flatMap(({ manager }) => manager ?? [])) },
    units: { type: 'text[]', of: (doc) => distinct(doc.assignments.map(({ unit }) => unit)) },
    roles: { type: 'text[]', of: (doc) => distinct(doc.assignments.map(({ role }) => role)) },
    name: { type: 'text', of: (doc) => doc.name },
    status: { type: 'text', of: (doc) => doc.status },
    identities: { type: 'text[]', of: (doc) => doc.identities.map(identityKey) },
    accounts: { type: 'text[]', of: (doc) => doc.sourceAccounts.map(({ keyDigest }) => keyDigest) },
    leftFrom: { type: 'date', of: (doc) => (doc.status === 'LEFT' ? doc.leftFrom : null) },
  },
  indexes: [['subject'], ['manager'], ['ownerUnit'], ['managers'], ['units'], ['identities'], ['accounts'], ['name']],
});

const distinct = (list: readonly string[]): readonly string[] => [...new Set(list)];
