import type { SliceSource } from '../projection/fold-batch.js';
import { emptySlice, type Ask, type KeyState, type Slice, type StreamState, type Writes } from '../projection/slice.js';
import { streamOfKey } from '../view/view.js';
import { BoundedMap } from './bounded-map.js';

/** Events that the states kept were folded from, in all: what bounds the memory they take. */
const STATE_EVENTS_MAX = 40_000;
const KEYS_MAX = 2000;
const LINKED_MAX = 4000;
const GROUPS_MAX = 200;

/**
 * What a leader has read and written of its tables lately: an exact copy of those rows, so that the next batch finds them
 * without asking. It holds while the lease does, since nobody else writes then; whoever loses the lease, or meets an
 * error, forgets all of it.
 */
export class SliceCache implements SliceSource {
  private readonly states = new BoundedMap<StreamState | null>(STATE_EVENTS_MAX, (state) => (state?.revision ?? 0) + 1);
  private readonly keys = new BoundedMap<KeyState | null>(KEYS_MAX, () => 1);
  private readonly linked = new BoundedMap<readonly string[]>(LINKED_MAX, (keys) => keys.length + 1);
  private readonly groups = new BoundedMap<readonly string[]>(GROUPS_MAX, (streams) => streams.length + 1);

  constructor(private readonly source: SliceSource) {}

  forget(): void {
    for (const held of [this.states, this.keys, this.linked, this.groups]) held.clear();
  }

  async load(ask: Ask, slice: Slice): Promise<void> {
    const lacking = { states: new Set<string>(), keys: new Set<string>(), groups: new Set<string>(), linked: new Set<string>() };
    this.lend(ask, { slice, lacking });
    if (Object.values(lacking).every(({ size }) => size === 0)) return;
    const loaded = emptySlice();
    await this.source.load(lacking, loaded);
    this.keep(loaded);
    for (const [name, value] of loaded.states) slice.states.set(name, value);
    for (const [name, value] of loaded.keys) slice.keys.set(name, value);
    for (const [name, value] of loaded.groups) slice.groups.set(name, value);
    for (const [name, value] of loaded.linked) slice.linked.set(name, value);
  }

  /** Takes over what was committed. Rows that are not held stay unknown. */
  apply(writes: Writes): void {
    for (const { stream, ...state } of writes.states) this.states.set(stream, state);
    for (const { group, stream } of writes.members) this.groups.change(group, (streams) => added(streams, stream));
    for (const { source, key } of writes.linksAdded) this.linked.change(source, (keys) => added(keys, key));
    for (const { source, key } of writes.linksRemoved) this.linked.change(source, (keys) => keys.filter((one) => one !== key));
    for (const { key, doc } of writes.rows) this.keys.change(key, (held) => ({ ...(held ?? NEW_KEY), doc }));
    for (const { source, key } of writes.linksAdded) this.changeLinks(key, (links) => added(links, source));
    for (const { source, key } of writes.linksRemoved) this.changeLinks(key, (links) => links.filter((one) => one !== source));
    for (const { key } of writes.parked) this.keys.change(key, (held) => ({ ...(held ?? NEW_KEY), parked: true }));
  }

  /** Gives the slice what is held of the asking, what its links lead to included; the rest is lacking. */
  private lend(ask: Ask, { slice, lacking }: { readonly slice: Slice; readonly lacking: { readonly [K in keyof Ask]: Set<string> } }): void {
    const keys = new Set(ask.keys);
    for (const source of ask.linked) {
      const found = this.linked.get(source);
      if (found === undefined) lacking.linked.add(source);
      else slice.linked.set(source, found);
      for (const key of found ?? []) keys.add(key);
    }
    const [states, groups] = [new Set(ask.states), new Set(ask.groups)];
    for (const key of keys) {
      if (slice.keys.has(key)) continue;
      const held = this.keys.get(key);
      if (held === undefined) lacking.keys.add(key);
      else slice.keys.set(key, held);
      states.add(streamOfKey(key));
      for (const link of held?.links ?? []) (link.startsWith('@') ? groups : states).add(link.replace(/^@/, ''));
    }
    lendFrom(this.states, { asked: states, given: slice.states, lacking: lacking.states });
    lendFrom(this.groups, { asked: groups, given: slice.groups, lacking: lacking.groups });
  }

  private changeLinks(key: string, to: (links: readonly string[]) => readonly string[]): void {
    this.keys.change(key, (held) => ({ ...(held ?? NEW_KEY), links: to((held ?? NEW_KEY).links) }));
  }

  private keep(loaded: Slice): void {
    for (const [name, value] of loaded.states) this.states.set(name, value);
    for (const [name, value] of loaded.keys) this.keys.set(name, value);
    for (const [name, value] of loaded.groups) this.groups.set(name, value);
    for (const [name, value] of loaded.linked) this.linked.set(name, value);
  }
}

const NEW_KEY: KeyState = { doc: null, links: [], parked: false };

const added = (names: readonly string[], name: string): readonly string[] => (names.includes(name) ? names : [...names, name]);

function lendFrom<V>(held: BoundedMap<V>, { asked, given, lacking }: { readonly asked: ReadonlySet<string>; readonly given: Map<string, V>; readonly lacking: Set<string> }): void {
  for (const name of asked) {
    if (given.has(name)) continue;
    const value = held.get(name);
    if (value === undefined) lacking.add(name);
    else given.set(name, value);
  }
}
