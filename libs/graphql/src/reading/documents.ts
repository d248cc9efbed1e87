import DataLoader from 'dataloader';
import { sees, type Principal, type Visibility } from '@assay/domain';
import { accessRowOf, columnsOf, type Filter, type ViewRow } from '@assay/read-models';
import { forbidden } from '../edge/error-codes.js';
import type { GraphqlContext } from '../edge/context.js';
import { countMoment, momentKey, type Shown } from './moment.js';
import { placed, type Placed } from './placed.js';
import type { FeaturePorts } from './ports.js';
import { ReplayDocuments, ReplayList, type Replays } from './replay.js';
import type { Source } from './sources.js';

/** A document of any view: it knows the position of its stream's last event. */
export interface Positioned {
  readonly position: number;
}
/** Where a nested field is resolved: for whom, and at which moment. */
export interface At {
  readonly context: GraphqlContext;
  readonly shown: Shown;
}

/** Who asks; the guard let them in, and rights may have ended since. */
export async function principalIn(context: GraphqlContext): Promise<Principal> {
  const principal = await context.principal();
  if (principal === null) throw forbidden();
  return principal;
}

/** The position a mutation's or a message's view is folded to: not a moment that a client asked for. */
export const liveAt = (position: number): Shown => ({ position, historical: false, effectiveOn: null });

/**
 * Documents as one caller may see them, live or as of a moment, those of one request fetched together. Rights are always
 * judged on the live row (`architecture.md`, History and replay): what one may not read now one may not read as it was.
 */
export class Documents {
  constructor(
    private readonly ports: Pick<FeaturePorts, 'readModels'>,
    private readonly replays: Replays,
  ) {}

  /** The document of a key; null where there is none at the moment, or the caller may not read it. */
  async one<Doc extends Positioned>(source: Source<Doc>, key: string, at: At): Promise<Placed<Doc> | null> {
    return this.loader(source, at).load(key);
  }

  /** One answer for each key, in order. */
  many<Doc extends Positioned>(source: Source<Doc>, keys: readonly string[], at: At): Promise<readonly (Placed<Doc> | null)[]> {
    return Promise.all(keys.map((key) => this.one(source, key, at)));
  }

  /** Every document of a filter that the caller may see, at most 50,000; by key. */
  async all<Doc extends Positioned>(source: Source<Doc>, filter: Filter, at: At): Promise<readonly Placed<Doc>[]> {
    const visibility = source.visible(await principalIn(at.context));
    return this.allVisible(source, { filter, visibility }, at);
  }

  /** The same under a visibility that is narrower than the type's own. */
  async allVisible<Doc extends Positioned>(source: Source<Doc>, of: { readonly filter: Filter; readonly visibility: Visibility }, { context, shown }: At): Promise<readonly Placed<Doc>[]> {
    const { filter, visibility } = of;
    if (!shown.historical) return this.placedAll(source, await this.ports.readModels.all(source.view, { visibility, filter }), shown);
    countMoment(context, shown);
    const then = await this.replays.list(new ReplayList(source.view, shown, filter));
    const now = await this.visibleNow(source, { keys: then.map(({ key }) => key), visibility });
    return this.placedAll(source, then.filter(({ key }) => now.has(key)), shown);
  }

  private placedAll<Doc extends Positioned>(source: Source<Doc>, rows: readonly ViewRow<Doc>[], shown: Shown): readonly Placed<Doc>[] {
    return rows.map((row) => placed(source, row, shown));
  }

  private async visibleNow<Doc extends Positioned>(source: Source<Doc>, { keys, visibility }: { readonly keys: readonly string[]; readonly visibility: Visibility }): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const rows = await this.ports.readModels.byKeys(source.view, keys, visibility);
    return new Set(rows.map(({ key }) => key));
  }

  private loader<Doc extends Positioned>(source: Source<Doc>, at: At): DataLoader<string, Placed<Doc> | null> {
    return at.context.loader(`${source.type}@${momentKey(at.shown)}`, () => new DataLoader((keys: readonly string[]) => this.batch(source, keys, at), { maxBatchSize: 1000 }));
  }

  private async batch<Doc extends Positioned>(source: Source<Doc>, keys: readonly string[], { context, shown }: At): Promise<readonly (Placed<Doc> | null)[]> {
    const visibility = source.visible(await principalIn(context));
    const rows = new Map((await this.ports.readModels.byKeys(source.view, keys, visibility)).map((row) => [row.key, row]));
    if (!shown.historical) return keys.map((key) => (rows.has(key) ? inPlace(source, rows.get(key), shown) : null));
    countMoment(context, shown);
    const found = await this.replays.documents(new ReplayDocuments(source.view, shown, [...rows.keys()]));
    return keys.map((key) => {
      const doc = found.get(key) ?? null;
      return doc === null ? null : placed(source, { key, doc, stale: null }, shown);
    });
  }
}

const inPlace = <Doc extends Positioned>(source: Source<Doc>, row: ViewRow<Doc> | undefined, shown: Shown): Placed<Doc> | null => (row === undefined ? null : placed(source, row, shown));

/** Whether a caller may see a document by its own columns: for what no live row exists of yet, as after a mutation. */
export function seesDocument<Doc extends object>(source: Source<Doc>, doc: Doc, principal: Principal): boolean {
  return sees(source.visible(principal), accessRowOf(columnsOf(source.view.columns, doc)));
}
