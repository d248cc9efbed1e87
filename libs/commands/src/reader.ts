import { categoryOf, type BasisEntry, type Recorded } from '@assay/domain';
import { isLogError, SharedAsk } from '@assay/event-log';

/** A stream folded to a revision, with what idempotency needs of it. */
export interface Folded<S = unknown> {
  readonly stream: string;
  readonly state: S;
  /** -1: the stream does not exist. */
  readonly revision: number;
  /** Position of the last event folded, -1 where there is none. */
  readonly position: number;
  /** The commands this stream knows, by `actor\u0000commandId`. */
  readonly commands: Map<string, KnownCommand>;
}
export interface KnownCommand {
  readonly digest: string;
  readonly lastRevision: number;
  readonly position: number;
}

/** The fold of one category of streams. */
export interface Fold<S = unknown> {
  readonly initial: S;
  readonly evolve: (state: S, event: Recorded) => S;
}
export type Folds = Readonly<Record<string, Fold>>;

/** The part of the event store that a reader reads. */
export interface StreamSource {
  readStream(stream: string, options: { readonly from: number }): Promise<readonly Recorded[]>;
  head(): Promise<{ readonly position: number }>;
  /** What was appended after a position, in log order. Where it is absent, folds are read on stream by stream. */
  readAll?(options: { readonly afterPosition: number; readonly max: number }): Promise<readonly Recorded[]>;
}

/** The key of a command in its stream: ids are scoped to (actor, stream). */
export const commandKey = (actor: string, commandId: string): string => `${actor}\u0000${commandId}`;

function foldOn(fold: Fold, from: Folded, events: readonly Recorded[]): Folded {
  const last = events.at(-1);
  if (last === undefined) return from;
  let state = from.state;
  // Shared and only ever added to: an older fold that sees a newer command sees the truth earlier, and a stream of
  // many thousand commands is not copied at each of them.
  const commands = from.commands;
  for (const event of events) {
    state = fold.evolve(state, event);
    note(commands, event);
  }
  return { stream: from.stream, state, revision: last.revision, position: last.position, commands };
}

/** What SYSTEM appends together with a person's command belongs to that command. */
function note(commands: Map<string, KnownCommand>, { meta, revision, position }: Recorded): void {
  const own = commandKey(meta.actor, meta.commandId);
  const roots = meta.rootActor === undefined ? own : commandKey(meta.rootActor, meta.commandId);
  const key = commands.get(roots)?.digest === meta.commandDigest ? roots : own;
  commands.set(key, { digest: meta.commandDigest, lastRevision: revision, position });
}

/** A stream that is being read on. */
interface Reading {
  /** Its events that were met on the way to the head since the reading began. */
  readonly met: Recorded[];
  /** Whether `met` goes on to be told of every event. */
  followed: boolean;
}
interface Completed {
  readonly read: Folded;
  /** With what was met meanwhile. */
  readonly followed: Folded;
}

/** Farther behind the head than this, the folds held are not brought up to it: each is read on when it is asked for. */
const FOLLOW_EVENTS_MAX = 1000;

const unread = (stream: string, fold: Fold): Folded => ({ stream, state: fold.initial, revision: -1, position: -1, commands: new Map<string, KnownCommand>() });

/**
 * Folded streams by name (`architecture.md`, The log port). `catchUp` brings all of them up to the log's head by one
 * reading, which callers that come together share; so a command costs a reading of what is new, not one of each stream
 * that it looks at. Bounded: the least recently used go first. It never forgets an event it has folded.
 */
export class FoldCache {
  private readonly entries = new Map<string, Folded>();
  /** Streams whose entry holds everything up to `followed`; the others are read on first. */
  private readonly current = new Set<string>();
  private readonly readings = new Map<string, { readonly reading: Reading; readonly completed: Promise<Completed> }>();
  private followed = -1;
  /** Position of the last event of each category that was met on the way to `followed`. */
  private readonly changed = new Map<string, number>();
  /** Up to here events were passed by without being looked at. */
  private passedBy = -1;
  private readonly following: SharedAsk<number>;

  constructor(
    private readonly source: StreamSource,
    private readonly folds: Folds,
    private readonly entriesMax = 20_000,
  ) {
    this.following = new SharedAsk(() => this.follow());
  }

  /** The log's head, read after this was called, with every fold held brought up to it. */
  catchUp(): Promise<number> {
    return this.following.get();
  }

  /** No event of the category lies after this position and up to where `catchUp` has been: what rests on the category alone and was reckoned there still holds. */
  changedAt(category: string): number {
    return Math.max(this.passedBy, this.changed.get(category) ?? -1);
  }

  /** The stream with everything up to a position at least; without one, as it stands in the log now. A missing stream folds to its category's initial state. */
  async latest(stream: string, atLeast = Infinity): Promise<Folded> {
    if (this.followed < atLeast) return (await this.readAnew(stream)).read;
    const held = this.entries.get(stream);
    if (held !== undefined && this.current.has(stream)) return this.keep(held);
    const underWay = this.readings.get(stream);
    return underWay === undefined ? (await this.readAnew(stream)).read : (await underWay.completed).followed;
  }

  /** The stream folded no further than a position, from its beginning: for the rare reader that the cache has overtaken. */
  async upTo(stream: string, position: number): Promise<Folded> {
    const fold = this.foldOf(stream);
    const events = await this.readOn(stream, 0);
    return foldOn(fold, unread(stream, fold), events.filter((event) => event.position <= position));
  }

  private foldOf(stream: string): Fold {
    const fold = this.folds[categoryOf(stream)];
    if (fold === undefined) throw new Error(`no fold for stream ${stream}`);
    return fold;
  }

  private readAnew(stream: string): Promise<Completed> {
    this.leave(stream);
    const reading: Reading = { met: [], followed: true };
    const completed = this.complete(stream, reading).finally(() => {
      if (this.readings.get(stream)?.reading === reading) this.readings.delete(stream);
    });
    this.readings.set(stream, { reading, completed });
    return completed;
  }

  /** Tells a reading of nothing more: those that wait for it asked before, and get what they asked for. */
  private leave(stream: string): void {
    const left = this.readings.get(stream);
    if (left !== undefined) left.reading.followed = false;
    this.readings.delete(stream);
  }

  /** What was read holds all that the log held when the reading began; with what was met since, it follows the head however fast that moves. */
  private async complete(stream: string, reading: Reading): Promise<Completed> {
    const fold = this.foldOf(stream);
    const held = this.entries.get(stream) ?? unread(stream, fold);
    const read = foldOn(fold, held, await this.readOn(stream, held.revision + 1));
    const newer = this.entries.get(stream);
    if (newer && newer.revision > read.revision) return { read: newer, followed: newer };
    const followed = foldOn(fold, read, reading.met.filter(({ revision }) => revision > read.revision));
    if (reading.followed) this.current.add(stream);
    return { read, followed: this.keep(followed) };
  }

  private async readOn(stream: string, from: number): Promise<readonly Recorded[]> {
    try {
      return await this.source.readStream(stream, { from });
    } catch (error) {
      if (isLogError(error, 'StreamNotFound')) return [];
      throw error;
    }
  }

  private async follow(): Promise<number> {
    const events = this.current.size === 0 ? null : await this.source.readAll?.({ afterPosition: this.followed, max: FOLLOW_EVENTS_MAX });
    if (events && events.length < FOLLOW_EVENTS_MAX) {
      for (const event of events) {
        this.changed.set(categoryOf(event.stream), event.position);
        this.take(event);
      }
      this.followed = Math.max(this.followed, events.at(-1)?.position ?? -1);
      return this.followed;
    }
    const { position } = await this.source.head();
    if (position > this.followed) {
      this.current.clear();
      this.passedBy = position;
      // Whoever asks from now on must not be given what was begun before.
      for (const stream of this.readings.keys()) this.leave(stream);
    }
    this.followed = position;
    return position;
  }

  /** Folds an event that was appended to a stream held. */
  private take(event: Recorded): void {
    const { stream, revision } = event;
    this.readings.get(stream)?.reading.met.push(event);
    const held = this.entries.get(stream);
    if (held === undefined || !this.current.has(stream) || revision <= held.revision) return;
    try {
      if (revision === held.revision + 1) this.entries.set(stream, foldOn(this.foldOf(stream), held, [event]));
      else this.current.delete(stream);
    } catch {
      // Whoever asks for this stream folds it again and meets the error; the others go on.
      this.current.delete(stream);
    }
  }

  private keep(folded: Folded): Folded {
    this.entries.delete(folded.stream);
    this.entries.set(folded.stream, folded);
    const oldest = this.entries.keys().next();
    if (this.entries.size > this.entriesMax && !oldest.done) {
      this.entries.delete(oldest.value);
      this.current.delete(oldest.value);
    }
    return folded;
  }
}

/**
 * Reads several streams as of one position and remembers which: the basis of a decision
 * (`architecture.md`, History and replay). A stream is read at most once per reader.
 */
export class Reader {
  private readonly read = new Map<string, Promise<Folded>>();
  constructor(
    private readonly cache: FoldCache,
    readonly position: number,
  ) {}

  folded(stream: string): Promise<Folded> {
    const known = this.read.get(stream);
    if (known) return known;
    const reading = this.load(stream);
    this.read.set(stream, reading);
    return reading;
  }

  /** The folded state of a stream of a category whose state type the caller knows from its fold. */
  async state<S>(fold: Fold<S>, stream: string): Promise<S> {
    // The cache folds by category with the very function given here; the name is the only link the types lack.
    return (await this.folded(stream)).state as S;
  }

  /** Whether nothing that was appended after the position, and up to this reader's, is of these categories. */
  unchangedSince(position: number, categories: readonly string[]): boolean {
    return categories.every((category) => this.cache.changedAt(category) <= position);
  }

  /** Every stream read so far with the revision it stood at, sorted by name; streams that do not exist are left out. */
  async basis(): Promise<readonly BasisEntry[]> {
    const all = await Promise.all(this.read.values());
    return all
      .filter(({ revision }) => revision >= 0)
      .map(({ stream, revision }) => ({ stream, revision }))
      .sort((a, b) => (a.stream < b.stream ? -1 : 1));
  }

  private async load(stream: string): Promise<Folded> {
    const latest = await this.cache.latest(stream, this.position);
    return latest.position <= this.position ? latest : this.cache.upTo(stream, this.position);
  }
}
