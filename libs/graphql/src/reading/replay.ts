import type { Filter, ReadModels, View, ViewRow } from '@assay/read-models';
import { Query, type QueryBus } from '@nestjs/cqrs';
import type { Shown } from './moment.js';

/** Some documents of a view as they were: answered by folding the log, not by the live rows. */
export class ReplayDocuments<Doc> extends Query<ReadonlyMap<string, Doc>> {
  constructor(
    readonly view: View<Doc>,
    readonly shown: Shown,
    readonly keys: readonly string[],
  ) {
    super();
  }
}

/** Every document of a view that passed a filter at a moment, whoever may see it. */
export class ReplayList<Doc> extends Query<readonly ViewRow<Doc>[]> {
  constructor(
    readonly view: View<Doc>,
    readonly shown: Shown,
    readonly filter: Filter,
  ) {
    super();
  }
}

/** Who answers the replaying queries. */
export interface Replays {
  documents<Doc>(query: ReplayDocuments<Doc>): Promise<ReadonlyMap<string, Doc>>;
  list<Doc>(query: ReplayList<Doc>): Promise<readonly ViewRow<Doc>[]>;
}

/** The replaying queries over Nest's query bus. */
export const replaysOver = (bus: Pick<QueryBus, 'execute'>): Replays => ({
  documents: (query) => bus.execute(query),
  list: (query) => bus.execute(query),
});

/** The replaying queries without a bus, for what is wired outside Nest. */
export const directReplays = (readModels: Pick<ReadModels, 'moment' | 'listAsOf'>): Replays => ({
  documents: (query) => replayDocuments(readModels, query),
  list: (query) => replayList(readModels, query),
});

/** Folds each key once; the streams they share are read once too. */
export async function replayDocuments<Doc>(readModels: Pick<ReadModels, 'moment'>, { view, shown, keys }: ReplayDocuments<Doc>): Promise<ReadonlyMap<string, Doc>> {
  const moment = readModels.moment(view, { upTo: shown.position, ...dayOf(shown) });
  const docs = await Promise.all(keys.map(async (key) => [key, await moment.doc(key)] as const));
  return new Map(docs.flatMap(([key, doc]): readonly (readonly [string, Doc])[] => (doc === null ? [] : [[key, doc]])));
}

/** Folds the categories of the view up to the moment. */
export function replayList<Doc>(readModels: Pick<ReadModels, 'listAsOf'>, { view, shown, filter }: ReplayList<Doc>): Promise<readonly ViewRow<Doc>[]> {
  return readModels.listAsOf(view, { upTo: shown.position, ...dayOf(shown), visibility: 'ALL', filter });
}

const dayOf = ({ effectiveOn }: Shown): { readonly effectiveOn?: string } => (effectiveOn === null ? {} : { effectiveOn });
