import { categoryOf, type Recorded } from '@assay/domain';
import { ReadModelError } from '../errors.js';
import type { EventSource } from '../feed/event-source.js';

const READ_EVENTS = 1000;

/** All events of some categories up to a position, in log order; more than the bound throws `QUERY_TOO_COMPLEX`. */
export async function readCategories(
  source: Pick<EventSource, 'readAll'>,
  categories: readonly string[],
  { upTo, eventsMax }: { readonly upTo: number; readonly eventsMax: number },
): Promise<readonly Recorded[]> {
  const events: Recorded[] = [];
  let afterPosition = -1;
  for (;;) {
    const page = await source.readAll({ afterPosition, upTo, streams: categories, max: READ_EVENTS });
    events.push(...page.filter(({ stream }) => categories.includes(categoryOf(stream))));
    if (events.length > eventsMax)
      throw new ReadModelError('QUERY_TOO_COMPLEX', `answering it takes more than ${eventsMax} events`, {
        eventsMax,
        upTo,
      });
    const last = page.at(-1);
    if (!last || page.length < READ_EVENTS) return events;
    afterPosition = last.position;
  }
}
