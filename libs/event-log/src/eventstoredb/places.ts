import type { PlacedRow } from './order-index.js';
import type { OrderEntry } from './ordering.js';

/** Where an event stands, once it is indexed. */
export interface EventPlace {
  readonly ordinal: number;
  readonly recordedAt: number;
  readonly id: string;
  /** Of what its append says up to it; null where the index has none. */
  readonly digest: string | null;
}

/** A watch over the place of one event, begun before it is appended: it may be indexed before the append is answered. */
export interface PlaceWatch {
  /** The place, or null where the event was not indexed in time. */
  within(ms: number): Promise<EventPlace | null>;
  /** Ends the watch. */
  end(): void;
}

/** When the index is first asked, where nothing was told; then how often. */
const FIRST_ASK_MS = 4;
const ASK_MS = 25;
/** How often where every entry is told: in case that just ended. */
const ASK_TOLD_MS = 250;

/** What places are learned from. */
export interface PlaceSource {
  /** Those of these events that stand in the index. */
  readonly at: (places: readonly { readonly stream: string; readonly revision: number }[]) => Promise<readonly PlacedRow[]>;
  /** Whether this process keeps the index now, so that each entry is told as it is made. */
  readonly isTold: () => boolean;
}

interface Watched {
  readonly stream: string;
  readonly revision: number;
  /** Somebody waits: it is worth asking for. */
  wanted: boolean;
  settle: (place: EventPlace) => void;
}

const keyOf = (stream: string, revision: number): string => `${String(revision)} ${stream}`;

/**
 * Who waits until an event is indexed. Where this process keeps the index it is told at once; else the index is asked, for
 * all who wait in one statement, at each hint and every so often.
 */
export class Places {
  private readonly watched = new Map<string, Set<Watched>>();
  private asking = false;
  private again = false;
  private timer: NodeJS.Timeout | null = null;
  private closed = false;
  private readonly endings = new Set<() => void>();

  constructor(private readonly source: PlaceSource) {}

  watch(stream: string, revision: number): PlaceWatch {
    const key = keyOf(stream, revision);
    let settle: (place: EventPlace | null) => void = () => undefined;
    const found = new Promise<EventPlace | null>((resolve) => (settle = resolve));
    const one: Watched = { stream, revision, wanted: false, settle };
    const all = this.watched.get(key) ?? new Set();
    this.watched.set(key, all.add(one));
    const giveUp = (): void => settle(null);
    const end = (): void => {
      this.endings.delete(giveUp);
      all.delete(one);
      if (all.size === 0 && this.watched.get(key) === all) this.watched.delete(key);
    };
    const within = async (ms: number): Promise<EventPlace | null> => {
      if (this.closed) giveUp();
      one.wanted = true;
      this.endings.add(giveUp);
      this.askIn(this.source.isTold() ? ASK_TOLD_MS : FIRST_ASK_MS);
      const timer = setTimeout(giveUp, ms);
      try {
        return await found;
      } finally {
        clearTimeout(timer);
        end();
      }
    };
    return { within, end };
  }

  /** The place of an event that may be indexed already; null where it is not in time. */
  find(stream: string, revision: number, ms: number): Promise<EventPlace | null> {
    const found = this.watch(stream, revision).within(ms);
    void this.ask();
    return found;
  }

  /** Entries that stand in the index now. */
  indexed(entries: readonly OrderEntry[]): void {
    if (this.watched.size === 0) return;
    for (const { event, digest } of entries) this.settle(event.stream, event.revision, { ordinal: event.position, recordedAt: event.recordedAt, id: event.id, digest });
  }

  /** The index may have grown. */
  poke(): void {
    if (this.endings.size > 0) void this.ask();
  }

  private settle(stream: string, revision: number, place: EventPlace): void {
    for (const one of this.watched.get(keyOf(stream, revision)) ?? []) one.settle(place);
  }

  private askIn(ms: number): void {
    if (this.timer !== null || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.endings.size === 0) return;
      void this.ask();
      this.askIn(this.source.isTold() ? ASK_TOLD_MS : ASK_MS);
    }, ms);
  }

  private async ask(): Promise<void> {
    this.again = this.asking;
    if (this.asking) return;
    this.asking = true;
    do {
      this.again = false;
      const wanted = [...this.watched.values()].flatMap((all) => [...all].filter((one) => one.wanted).slice(0, 1));
      // A database that does not answer just now is asked again.
      const rows = wanted.length === 0 ? [] : await this.source.at(wanted).catch(() => []);
      for (const { stream, revision, ordinal, recordedAt, id, digest } of rows) this.settle(stream, revision, { ordinal, recordedAt, id, digest });
    } while (this.again && !this.closed);
    this.asking = false;
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    for (const giveUp of this.endings) giveUp();
  }
}
