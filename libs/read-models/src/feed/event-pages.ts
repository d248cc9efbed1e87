import type { Recorded } from '@assay/domain';
import { ReadModelError } from '../errors.js';
import { sameAppend } from '../projection/appends.js';
import type { EventSource } from './event-source.js';

/** As many events as one append may hold, so that an append spans two pages at most. */
const PAGE_EVENTS = 1000;
const PAGES_MAX = 24;

interface Page {
  readonly first: number;
  events: readonly Recorded[];
  reading: Promise<void> | null;
}

/**
 * The log in pages of positions, read and decoded once for all projections of a process, whether they follow its head
 * or are rebuilt side by side. Bounded: the pages least recently used go first.
 */
export class EventPages {
  private readonly pages = new Map<number, Page>();
  constructor(private readonly source: EventSource) {}

  /** Whole appends after a position, about `eventsMax` events; none at the head. A gap in the positions throws `PROJECTION_STOPPED`. */
  async after(position: number, eventsMax = PAGE_EVENTS): Promise<readonly Recorded[]> {
    const batch: Recorded[] = [];
    let at = position;
    do {
      const events = await this.whole(at);
      if (events.length === 0) break;
      batch.push(...events);
      at = events.at(-1)?.position ?? at;
    } while (batch.length < eventsMax);
    return batch;
  }

  /** What is left of the page after a position, and what its last append has on the next page. */
  private async whole(position: number): Promise<readonly Recorded[]> {
    const index = Math.floor((position + 1) / PAGE_EVENTS);
    const page = await this.page(index, position);
    const events = page.slice(position + 1 - index * PAGE_EVENTS);
    let last = events.at(-1);
    if (page.length < PAGE_EVENTS || !last) return events;
    const rest: Recorded[] = [];
    for (const event of await this.page(index + 1, last.position)) {
      if (!sameAppend(last, event)) break;
      rest.push(event);
      last = event;
    }
    return [...events, ...rest];
  }

  /** The events of a page, read on where it holds nothing after the position yet. */
  private async page(index: number, position: number): Promise<readonly Recorded[]> {
    const page = this.pages.get(index) ?? { first: index * PAGE_EVENTS, events: [], reading: null };
    this.keep(index, page);
    if (page.first + page.events.length - 1 <= position) {
      page.reading ??= this.readOn(page).finally(() => {
        page.reading = null;
      });
      await page.reading;
    }
    return page.events;
  }

  private async readOn(page: Page): Promise<void> {
    const next = page.first + page.events.length;
    const wanted = page.first + PAGE_EVENTS - next;
    if (wanted === 0) return;
    const events = await this.source.readAll({
      afterPosition: next - 1,
      upTo: page.first + PAGE_EVENTS - 1,
      max: wanted,
    });
    for (const [offset, event] of events.entries()) {
      if (event.position !== next + offset)
        throw new ReadModelError('PROJECTION_STOPPED', 'a position is missing', {
          expected: next + offset,
          position: event.position,
        });
    }
    page.events = [...page.events, ...events];
  }

  private keep(index: number, page: Page): void {
    this.pages.delete(index);
    this.pages.set(index, page);
    const [oldest] = this.pages.keys();
    if (this.pages.size > PAGES_MAX && oldest !== undefined) this.pages.delete(oldest);
  }
}
