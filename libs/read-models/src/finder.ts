import { assignmentsIn, elsewhereKey, hasLeft, type Day, type Span } from '@assay/domain';
import { LogError } from '@assay/event-log';
import { isReadModelError } from './errors.js';
import type { Filter } from './query/predicates.js';
import type { ReadModels } from './read-models.js';
import type { View } from './view/view.js';
import { appraisalView } from './views/appraisal.projector.js';
import { factView } from './views/fact.projector.js';
import { goalView } from './views/goal.projector.js';
import { identityKey, personView, type PersonDocument } from './views/person.projector.js';
import { schemeView } from './views/scheme.projector.js';
import { targetView } from './views/target.projector.js';

/** Where documents are looked up: the live tables, or tables in memory. */
export interface DocumentSource {
  all<Doc>(view: View<Doc>, filter: Filter): Promise<readonly { readonly key: string; readonly doc: Doc }[]>;
  has(view: View, filter: Filter): Promise<boolean>;
  /** Resolves when the view shows the position. */
  reach(view: View, position: number): Promise<void>;
}

const idOf = (key: string): string => key.slice(key.indexOf('-') + 1);

/**
 * Answers what command handlers must find, by the interface `Finder` of `libs/commands`, which knows no view. Every method
 * with a position waits until its view is there, and throws `Unavailable` where that takes longer than a caller waits.
 */
export function finderOver(source: DocumentSource) {
  const find = async <Doc>(view: View<Doc>, filter: Filter, position?: number): Promise<readonly { readonly key: string; readonly doc: Doc }[]> => {
    if (position !== undefined) await source.reach(view, position);
    return source.all(view, filter);
  };
  const ids = async (view: View, filter: Filter, position: number): Promise<readonly string[]> => (await find(view, filter, position)).map(({ key }) => idOf(key)).sort(byText);
  const onePerson = async (filter: Filter, position: number): Promise<string | null> => earliest((await find(personView, filter, position)).map(({ doc }) => doc));
  return {
    personByIdentity: (identity: { readonly issuer: string; readonly subject: string }, position: number) => onePerson({ identities: { any: [identityKey(identity)] } }, position),
    personBySourceAccount: (keyDigest: string, position: number) => onePerson({ accounts: { any: [keyDigest] } }, position),
    reportsOf: async (personId: string, day: Day, position: number) => {
      const managed = await find(personView, { managers: { any: [personId] } }, position);
      return managed.filter(({ doc }) => managerOn(doc, day) === personId).map(({ doc }) => doc.personId).sort(byText);
    },
    membersOf: async (unit: string, span: Span, position: number) => {
      const found = await find(personView, { units: { any: [unit] } }, position);
      return found.filter(({ doc }) => assignmentsIn(doc, span).some((entry) => entry.unit === unit)).map(({ doc }) => doc.personId).sort(byText);
    },
    people: (position: number) => ids(personView, {}, position),
    childGoals: (goalIds: readonly string[], position: number) => ids(goalView, { parent: { in: goalIds } }, position),
    targetsOfGoals: (goalIds: readonly string[], position: number) => ids(targetView, { goal: { in: goalIds } }, position),
    targetsOf: ({ ownerId, cycle }: { readonly ownerId: string; readonly cycle?: string }, position: number) =>
      ids(targetView, { owner: { eq: ownerId }, ...(cycle === undefined ? {} : { cycle: { eq: cycle } }) }, position),
    appraisalsOf: ({ personId, cycle }: { readonly personId?: string; readonly cycle?: string }, position: number) =>
      ids(appraisalView, { ...(personId === undefined ? {} : { subject: { eq: personId } }), ...(cycle === undefined ? {} : { cycle: { eq: cycle } }) }, position),
    schemes: (position: number) => ids(schemeView, {}, position),
    factOwners: async (metric: string, facts: readonly { readonly source: string; readonly factId: string }[], position?: number) => {
      const sources = [...new Set(facts.map((fact) => fact.source))];
      const factIds = [...new Set(facts.map(({ factId }) => factId))];
      const found = await find(factView, { metric: { eq: metric }, source: { in: sources }, factId: { in: factIds } }, position);
      const held = found.filter(({ doc }) => doc.status !== 'RETRACTED');
      return new Map(facts.map((fact) => [elsewhereKey(fact), held.filter(({ doc }) => elsewhereKey(doc) === elsewhereKey(fact)).map(({ doc }) => doc.owner)]));
    },
    metricInUse: async (metric: string, position: number) => {
      await Promise.all([source.reach(targetView, position), source.reach(factView, position)]);
      const filter = { metric: { eq: metric } };
      return (await source.has(targetView, filter)) || (await source.has(factView, filter));
    },
  };
}

/** The finder over the live tables of a process. */
export function readModelsFinder(readModels: ReadModels) {
  return finderOver({
    all: (view, filter) => readModels.all(view, { visibility: 'ALL', filter }),
    has: async (view, filter) => (await readModels.page(view, { visibility: 'ALL', filter, first: 1 })).rows.length > 0,
    reach: async (view, position) => {
      try {
        await readModels.complete(view, position);
      } catch (error) {
        if (!isReadModelError(error) || !error.retryable) throw error;
        throw new LogError('Unavailable', 'what the command rests on is not visible yet; repeat it with its id', { view: view.name, position }, error);
      }
    },
  });
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const managerOn = (doc: PersonDocument, day: Day): string | null => (hasLeft(doc, day) ? null : (doc.assignments.findLast(({ from }) => from <= day)?.manager ?? null));

/** Two links of one identity may pass each other; the earlier person's holds (`domain.md`, People). */
function earliest(people: readonly PersonDocument[]): string | null {
  const [first] = [...people].sort((a, b) => a.position - b.position || byText(a.personId, b.personId));
  return first?.personId ?? null;
}
