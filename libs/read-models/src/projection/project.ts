import { categoryOf, Defect, type Day, type Recorded } from '@assay/domain';
import { columnsOf } from '../view/columns.js';
import type { View } from '../view/view.js';
import { appendsOf } from './appends.js';
import { BatchFold, type Failure } from './batch-fold.js';
import { Breath } from './breath.js';
import { computeDoc, dependenciesOf, restsOnBroken } from './lookup.js';
import type { Ask, HistoryWrite, Link, ParkCode, Parking, RowWrite, Slice, Writes } from './slice.js';

/** How a batch is projected. */
export interface ProjectOptions {
  /**
   * Compute each key after each append that touches it, not once at the end. Views with history always do; the others
   * only where a batch met poison, to find what came before it.
   */
  readonly perAppend?: boolean;
  /** Only these keys, where one is refolded. */
  readonly only?: ReadonlySet<string>;
  readonly effectiveOn?: Day;
}
/** `missing`: load this and project again. `poisoned`: project again per append. */
export type Projected = { readonly missing: Ask } | { readonly poisoned: true } | { readonly writes: Writes };

/**
 * Folds a batch of whole appends in log order on what was loaded, and says what to write. Pure: the same events on the
 * same slice give the same writes, however the log is cut into batches. In long batches it lets others have their turn.
 */
export async function project(
  view: View,
  events: readonly Recorded[],
  { slice, ...options }: ProjectOptions & { readonly slice: Slice },
): Promise<Projected> {
  const batch = new Batch(view, slice, options);
  const breath = new Breath();
  for (const append of appendsOf(events)) {
    batch.apply(append.filter((event) => categoryOf(event.stream) in view.categories));
    if (breath.isDue) await breath.take();
  }
  const finished = await batch.finish(breath);
  if (!batch.fold.isComplete) return { missing: batch.fold.missing };
  return finished ? { writes: batch.writes() } : { poisoned: true };
}

interface Derived {
  readonly key: string;
  readonly links: ReadonlySet<string>;
  /** Absent where computing waits for the end of the batch. */
  readonly content?: Content;
  readonly history: readonly HistoryWrite[];
}
type Content = Pick<RowWrite, 'doc' | 'columns'>;
interface Cause {
  readonly event: Recorded;
  readonly code: ParkCode;
  readonly error?: unknown;
}

class Batch {
  readonly fold: BatchFold;
  private readonly perAppend: boolean;
  private readonly rows = new Map<string, RowWrite>();
  private readonly dirty = new Map<string, Recorded>();
  private readonly history: HistoryWrite[] = [];
  private readonly parked = new Map<string, Parking>();

  constructor(
    private readonly view: View,
    private readonly slice: Slice,
    private readonly options: ProjectOptions,
  ) {
    this.fold = new BatchFold(view, slice, options.effectiveOn);
    this.perAppend = options.perAppend === true || view.history !== undefined;
  }

  apply(append: readonly Recorded[]): void {
    const last = append.at(-1);
    if (!last) return;
    const { touched, failure } = this.foldAppend(append);
    const cause = failure ? ({ ...failure, code: 'FOLD_FAILED' } as const) : this.contagion(touched, last);
    if (cause) this.park(touched.keys(), cause);
    else this.derive(touched, last);
  }

  /** Computes what was put off. False where poison shows, so that the batch must be taken append by append. */
  async finish(breath: Breath): Promise<boolean> {
    if (this.perAppend) return true;
    if (this.parked.size > 0) return false;
    try {
      for (const [key, event] of this.dirty) {
        this.setRow(key, this.contentOf(key, this.fold.linksOf(key)), event);
        if (breath.isDue) await breath.take();
      }
      return true;
    } catch {
      return false;
    }
  }

  writes(): Writes {
    const links = [...this.fold.links].map(([key, sources]) => this.linkChanges(key, sources));
    return {
      states: [...this.fold.states].map(([stream, state]) => ({ stream, ...state })),
      linksAdded: links.flatMap(({ added }) => added),
      linksRemoved: links.flatMap(({ removed }) => removed),
      members: [...this.fold.joined].flatMap(([group, streams]) => [...streams].map((stream) => ({ group, stream }))),
      rows: [...this.rows.values()],
      history: this.history,
      parked: [...this.parked.values()],
    };
  }

  private foldAppend(append: readonly Recorded[]): { touched: Map<string, Recorded[]>; failure?: Failure } {
    const touched = new Map<string, Recorded[]>();
    let failure: Failure | undefined;
    for (const event of append) {
      const folding = this.fold.fold(event);
      failure ??= folding.failure;
      for (const key of this.fold.touchedBy(event, folding.joined)) {
        if (this.options.only && !this.options.only.has(key)) continue;
        const events = touched.get(key);
        if (events) events.push(event);
        else touched.set(key, [event]);
      }
    }
    return failure ? { touched, failure } : { touched };
  }

  /** An event that touches a parked key, or rests on a broken stream, is not shown in part: all its keys wait together. */
  private contagion(touched: ReadonlyMap<string, unknown>, event: Recorded): Cause | null {
    for (const key of touched.keys()) if (this.isParked(key)) return { event, code: 'TOUCHES_PARKED' };
    return null;
  }

  private derive(touched: ReadonlyMap<string, readonly Recorded[]>, last: Recorded): void {
    const derived: Derived[] = [];
    try {
      for (const [key, events] of touched) {
        const links = dependenciesOf(this.fold, key);
        if (restsOnBroken(this.fold, key, links))
          return this.park(touched.keys(), { event: last, code: 'DEPENDS_ON_BROKEN' });
        derived.push(this.perAppend ? this.computed(key, links, events) : { key, links, history: [] });
      }
    } catch (error) {
      return this.park(touched.keys(), { event: last, code: 'FOLD_FAILED', error });
    }
    for (const one of derived) {
      this.fold.relink(one.key, one.links);
      if (one.content) this.setRow(one.key, one.content, last);
      else this.dirty.set(one.key, last);
      this.history.push(...one.history);
    }
  }

  private computed(key: string, links: ReadonlySet<string>, events: readonly Recorded[]): Derived {
    const content = this.contentOf(key, links);
    const last = events.at(-1);
    if (!this.view.history || !last) return { key, links, content, history: [] };
    const { columns } = this.view.history;
    const entries = this.view.history.rows({ key, before: this.docOf(key), after: content.doc, events });
    const history = entries.map(({ position, row }, seq) => {
      return {
        key,
        position: position ?? last.position,
        recordedAt: last.recordedAt,
        seq,
        row,
        columns: columnsOf(columns, row),
      };
    });
    return { key, links, content, history };
  }

  private contentOf(key: string, links: ReadonlySet<string>): Content {
    const doc = computeDoc(this.fold, key, links) ?? null;
    return { doc, columns: doc === null ? {} : columnsOf(this.view.columns, doc) };
  }

  private docOf(key: string): unknown {
    const here = this.rows.get(key);
    return here ? here.doc : (this.fold.keyState(key)?.doc ?? null);
  }

  private setRow(key: string, content: Content, event: Recorded): void {
    this.rows.set(key, { key, ...content, position: event.position, recordedAt: event.recordedAt });
  }

  private isParked(key: string): boolean {
    return this.parked.has(key) || this.fold.keyState(key)?.parked === true;
  }

  private park(keys: Iterable<string>, { event, code, error }: Cause): void {
    const { id: eventId, position, recordedAt } = event;
    for (const key of keys) {
      if (!this.isParked(key))
        this.parked.set(key, { key, position, recordedAt, eventId, code, detail: detailOf(error) });
    }
  }

  private linkChanges(key: string, sources: ReadonlySet<string>): { added: Link[]; removed: Link[] } {
    const before = new Set(this.slice.keys.get(key)?.links);
    const linkOf = (source: string): Link => ({ source, key });
    return {
      added: [...sources].filter((source) => !before.has(source)).map(linkOf),
      removed: [...before].filter((source) => !sources.has(source)).map(linkOf),
    };
  }
}

/** A defect's words are constant; any other message may show data. */
function detailOf(error: unknown): string {
  if (error instanceof Defect) return error.message;
  return error instanceof Error ? error.name : '';
}
