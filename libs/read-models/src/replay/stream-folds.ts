import type { Recorded } from '@assay/domain';
import { isLogError } from '@assay/event-log';
import type { EventSource } from '../feed/event-source.js';
import type { View } from '../view/view.js';
import { readCategories } from './read-categories.js';

const EVENTS_MAX = 1_000_000;

/** Streams read from the log no further than a position, each once. */
export class Prefix {
  private readonly streams = new Map<string, Promise<readonly Recorded[]>>();
  constructor(
    private readonly source: Pick<EventSource, 'readStream'>,
    readonly upTo: number,
  ) {}

  /** Events of a stream up to the position; none where it does not exist there. */
  read(stream: string): Promise<readonly Recorded[]> {
    const known = this.streams.get(stream);
    if (known) return known;
    const reading = this.load(stream);
    this.streams.set(stream, reading);
    return reading;
  }

  private async load(stream: string): Promise<readonly Recorded[]> {
    try {
      const events = await this.source.readStream(stream);
      return events.filter(({ position }) => position <= this.upTo);
    } catch (error) {
      if (isLogError(error, 'StreamNotFound')) return [];
      throw error;
    }
  }
}

/** Who was ever in a group: the tables of a projection know, or the log is read for it. */
export interface GroupMembers {
  membersOf(group: string): Promise<readonly string[]>;
}

/** Finds members by reading every stream of the categories that have groups, up to a position. For logs without read models. */
export function membersFromLog(
  source: Pick<EventSource, 'readAll'>,
  view: Pick<View, 'categories'>,
  upTo: number,
): GroupMembers {
  const categories = Object.keys(view.categories).filter((category) => view.categories[category]?.groups !== undefined);
  let streams: Promise<readonly string[]> | undefined;
  const read = async (): Promise<readonly string[]> => {
    const events = await readCategories(source, categories, { upTo, eventsMax: EVENTS_MAX });
    return [...new Set(events.map(({ stream }) => stream))];
  };
  return { membersOf: () => (streams ??= read()) };
}
