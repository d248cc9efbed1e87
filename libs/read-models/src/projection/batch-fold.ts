import { assert, categoryOf, type Day, type Recorded } from '@assay/domain';
import { ReadModelError } from '../errors.js';
import { rootsOf, streamOfKey, type CategoryFold, type View } from '../view/view.js';
import type { KeyState, Slice, StreamState } from './slice.js';

/** What a fold found it would have to know. */
export interface Missing {
  readonly states: Set<string>;
  readonly keys: Set<string>;
  readonly groups: Set<string>;
  readonly linked: Set<string>;
}
/** An event at which a pure function threw. */
export interface Failure {
  readonly event: Recorded;
  readonly error: unknown;
}
export interface Folding {
  /** Groups the stream is newly in. */
  readonly joined: readonly string[];
  readonly failure?: Failure;
}
export const groupSource = (group: string): string => `@${group}`;

/**
 * The states, groups and links of a batch as they move with its events, over what was loaded. Where something is not
 * loaded it is noted as missing and taken as absent, so that one pass finds all that lacks; the pass is then thrown away.
 */
export class BatchFold {
  readonly missing: Missing = { states: new Set(), keys: new Set(), groups: new Set(), linked: new Set() };
  readonly states = new Map<string, StreamState>();
  readonly joined = new Map<string, Set<string>>();
  /** Links of keys whose links were computed in this batch. */
  readonly links = new Map<string, ReadonlySet<string>>();
  private readonly linkedHere = new Map<string, Set<string>>();
  private readonly roots: ReadonlySet<string>;

  constructor(
    readonly view: View,
    readonly slice: Slice,
    readonly effectiveOn?: Day,
  ) {
    this.roots = new Set(rootsOf(view));
  }

  get isComplete(): boolean {
    return Object.values(this.missing).every((names: ReadonlySet<string>) => names.size === 0);
  }

  /** Folds one event into its stream's state. A fold that throws breaks the stream; a gap in its revisions stops everything. */
  fold(event: Recorded): Folding {
    const folder = this.folderOf(event.stream);
    const held = this.streamState(event.stream);
    const revision = held?.revision ?? -1;
    if (this.knows(event.stream) && event.revision !== revision + 1) {
      throw new ReadModelError('PROJECTION_STOPPED', 'a revision is missing or came twice', {
        stream: event.stream,
        expected: revision + 1,
        revision: event.revision,
      });
    }
    if (held?.broken) {
      this.states.set(event.stream, { ...held, revision: event.revision });
      return { joined: [] };
    }
    const before = held?.state ?? folder.initial;
    try {
      const state = folder.evolve(before, event);
      const known = held ? (folder.groups?.(before, event.stream) ?? []) : [];
      const joined = (folder.groups?.(state, event.stream) ?? []).filter((group) => !known.includes(group));
      this.states.set(event.stream, { revision: event.revision, state, broken: false });
      for (const group of joined) this.joined.set(group, (this.joined.get(group) ?? new Set()).add(event.stream));
      return { joined };
    } catch (error) {
      this.states.set(event.stream, { revision: event.revision, state: before, broken: true });
      return { joined: [], failure: { event, error } };
    }
  }

  /** Keys an event touches, as the links stand after it: its own, those linked to its stream, and to groups it has just joined. */
  touchedBy(event: Recorded, joinedGroups: readonly string[]): ReadonlySet<string> {
    const keys = new Set<string>();
    if (this.roots.has(categoryOf(event.stream))) for (const key of this.ownKeys(event)) keys.add(key);
    for (const key of this.keysLinkedTo(event.stream)) if (this.isTouched(key, event)) keys.add(key);
    for (const group of joinedGroups) for (const key of this.keysLinkedTo(groupSource(group))) keys.add(key);
    for (const key of keys) this.keyState(key);
    return keys;
  }

  streamState(stream: string): StreamState | null {
    const here = this.states.get(stream);
    if (here) return here;
    const loaded = this.slice.states.get(stream);
    if (loaded === undefined) this.missing.states.add(stream);
    return loaded ?? null;
  }

  /** The state by which a key is computed: that of the whole prefix, or of what was true on a day. */
  stateFor(stream: string): unknown {
    const folder = this.folderOf(stream);
    const state = this.streamState(stream)?.state ?? folder.initial;
    return this.effectiveOn === undefined || !folder.asOfDay ? state : folder.asOfDay(state, this.effectiveOn);
  }

  keyState(key: string): KeyState | null {
    const loaded = this.slice.keys.get(key);
    if (loaded === undefined) this.missing.keys.add(key);
    return loaded ?? null;
  }

  members(group: string): readonly string[] {
    const loaded = this.slice.groups.get(group);
    if (loaded === undefined) this.missing.groups.add(group);
    return [...new Set([...(loaded ?? []), ...(this.joined.get(group) ?? [])])].sort((a, b) => (a < b ? -1 : 1));
  }

  linksOf(key: string): ReadonlySet<string> {
    return this.links.get(key) ?? new Set(this.keyState(key)?.links);
  }

  relink(key: string, sources: ReadonlySet<string>): void {
    this.links.set(key, sources);
    for (const source of sources) {
      const keys = this.linkedHere.get(source) ?? new Set();
      this.linkedHere.set(source, keys.add(key));
    }
  }

  private ownKeys(event: Recorded): readonly string[] {
    return this.view.keys?.(this.streamState(event.stream)?.state, event) ?? [event.stream];
  }

  private folderOf(stream: string): CategoryFold {
    const folder = this.view.categories[categoryOf(stream)];
    assert(folder, 'a view looks at a category it does not fold', {
      view: this.view.name,
      category: categoryOf(stream),
    });
    return folder;
  }

  private knows(stream: string): boolean {
    return this.states.has(stream) || this.slice.states.has(stream);
  }

  private keysLinkedTo(source: string): readonly string[] {
    const loaded = this.slice.linked.get(source);
    if (loaded === undefined) this.missing.linked.add(source);
    const here = this.linkedHere.get(source);
    // Most streams have no key but their own, and every event passes here.
    if (!loaded?.length && !here) return [];
    const keys = new Set([...(loaded ?? []), ...(here ?? [])]);
    return [...keys].filter((key) => this.linksOf(key).has(source));
  }

  private isTouched(key: string, event: Recorded): boolean {
    try {
      return this.view.touches?.(this.stateFor(streamOfKey(key)), event) ?? true;
    } catch {
      // A narrowing that cannot tell narrows nothing; what is wrong shows when the key is computed.
      return true;
    }
  }
}
