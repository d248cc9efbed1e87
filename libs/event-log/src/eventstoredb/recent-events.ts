import type { StoredEvent } from '../port.js';

const EVENTS_MAX = 4_096;
const BYTES_MAX = 16 * 1024 * 1024;

/** The events that were last indexed or read, by their ordinals, bounded: what has just happened is not fetched again. */
export class RecentEvents {
  private readonly events = new Map<number, StoredEvent>();
  private bytes = 0;

  get(ordinal: number): StoredEvent | undefined {
    return this.events.get(ordinal);
  }

  keep(events: Iterable<StoredEvent>): void {
    for (const event of events) {
      if (this.events.has(event.position)) continue;
      this.events.set(event.position, event);
      this.bytes += event.body.length;
    }
    for (const [ordinal, event] of this.events) {
      if (this.events.size <= EVENTS_MAX && this.bytes <= BYTES_MAX) return;
      this.events.delete(ordinal);
      this.bytes -= event.body.length;
    }
  }

  forget(): void {
    this.events.clear();
    this.bytes = 0;
  }
}
