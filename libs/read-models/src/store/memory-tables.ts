import type { SliceSource } from '../projection/fold-batch.js';
import type {
  Ask,
  HistoryWrite,
  KeyState,
  Parking,
  RowWrite,
  Slice,
  StreamState,
  Writes,
} from '../projection/slice.js';

/** One projection's tables in memory: for lists as of a position, dry runs, and comparing with a fresh fold. */
export class MemoryTables implements SliceSource {
  readonly states = new Map<string, StreamState>();
  readonly rows = new Map<string, RowWrite>();
  readonly history: HistoryWrite[] = [];
  readonly parked = new Map<string, Parking>();
  /** Sources by key. */
  readonly links = new Map<string, Set<string>>();
  private readonly linked = new Map<string, Set<string>>();
  private readonly members = new Map<string, Set<string>>();

  load(ask: Ask, slice: Slice): Promise<void> {
    for (const stream of ask.states) slice.states.set(stream, this.states.get(stream) ?? null);
    for (const group of ask.groups) slice.groups.set(group, [...(this.members.get(group) ?? [])]);
    for (const source of ask.linked) slice.linked.set(source, [...(this.linked.get(source) ?? [])]);
    for (const key of ask.keys) slice.keys.set(key, this.keyState(key));
    return Promise.resolve();
  }

  apply(writes: Writes): void {
    for (const { stream, ...state } of writes.states) this.states.set(stream, state);
    for (const { group, stream } of writes.members) into(this.members, group).add(stream);
    for (const { source, key } of writes.linksRemoved) {
      into(this.links, key).delete(source);
      into(this.linked, source).delete(key);
    }
    for (const { source, key } of writes.linksAdded) {
      into(this.links, key).add(source);
      into(this.linked, source).add(key);
    }
    for (const row of writes.rows) {
      if (row.doc === null) this.rows.delete(row.key);
      else this.rows.set(row.key, row);
    }
    this.history.push(...writes.history);
    for (const parking of writes.parked) this.parked.set(parking.key, parking);
  }

  private keyState(key: string): KeyState | null {
    const links = this.links.get(key);
    const doc = this.rows.get(key)?.doc ?? null;
    const parked = this.parked.has(key);
    return links || doc !== null || parked ? { doc, links: [...(links ?? [])], parked } : null;
  }
}

function into(map: Map<string, Set<string>>, name: string): Set<string> {
  const held = map.get(name) ?? new Set<string>();
  map.set(name, held);
  return held;
}
