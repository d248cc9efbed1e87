import { categoryOf } from '@assay/domain';
import type { EventSource } from './feed/event-source.js';
import { finderOver } from './finder.js';
import { foldBatch } from './projection/fold-batch.js';
import type { Filter } from './query/predicates.js';
import { scanRows } from './query/scan.js';
import { MemoryTables } from './store/memory-tables.js';
import type { View } from './view/view.js';

/**
 * A finder without a database, for tests: folds the views it asks from the log itself into memory, as far as each question says, and
 * gives the same answers as the live one. It costs the memory of those views, and for each question a look at all rows.
 */
export function memoryFinder(source: Pick<EventSource, 'readAll'>) {
  const folded = new Map<string, MemoryView>();
  const viewOf = (view: View): MemoryView => {
    const held = folded.get(view.name) ?? new MemoryView(view, source);
    folded.set(view.name, held);
    return held;
  };
  const rows = (view: View, filter: Filter) => scanRows(viewOf(view).tables.rows.values(), view.columns, { visibility: 'ALL', filter });
  return finderOver({
    // The rows are what this very view computed.
    all: <Doc>(view: View<Doc>, filter: Filter) => Promise.resolve(rows(view, filter).map(({ key, doc }) => ({ key, doc: doc as Doc }))),
    has: (view, filter) => Promise.resolve(rows(view, filter).length > 0),
    reach: (view, position) => viewOf(view).reach(position),
  });
}

const PAGE_EVENTS = 1000;

/** One view in memory, folded from the log page by page. */
class MemoryView {
  readonly tables = new MemoryTables();
  private position = -1;
  private reaching: Promise<void> = Promise.resolve();

  constructor(
    private readonly view: View,
    private readonly source: Pick<EventSource, 'readAll'>,
  ) {}

  /** One after the other, so that no page is folded twice. */
  reach(position: number): Promise<void> {
    this.reaching = this.reaching.then(() => this.readOn(position));
    return this.reaching;
  }

  private async readOn(position: number): Promise<void> {
    while (this.position < position) {
      const events = await this.source.readAll({ afterPosition: this.position, upTo: position, max: PAGE_EVENTS });
      const last = events.at(-1);
      if (!last) return;
      const own = events.filter(({ stream }) => categoryOf(stream) in this.view.categories);
      this.tables.apply(await foldBatch(this.view, own, { source: this.tables }));
      this.position = last.position;
    }
  }
}
