import { assert, categoryOf, type Day } from '@assay/domain';
import { streamOfKey, type View } from '../view/view.js';
import { BatchFold } from '../projection/batch-fold.js';
import { computeDoc, dependenciesOf } from '../projection/lookup.js';
import { emptySlice, type Slice, type StreamState } from '../projection/slice.js';
import type { GroupMembers, Prefix } from './stream-folds.js';

/** What of the prefix counts. */
export interface ReplayOptions {
  /** Leaves out what was not yet true at the end of the day (`architecture.md`, History and replay). */
  readonly effectiveOn?: Day;
}
/** A chain of look-ups longer than this is a defect of the view. */
const ROUNDS_MAX = 32;

/**
 * One moment of one view: documents as they were at the prefix's end, by the same folds and the same `compute` that the
 * live projection calls. Streams are read and folded once, whatever number of keys is asked for.
 */
export class Moment<Doc> {
  private readonly slice: Slice = emptySlice();

  constructor(
    private readonly view: View<Doc>,
    private readonly prefix: Prefix,
    private readonly ports: { readonly groups: GroupMembers; readonly options?: ReplayOptions },
  ) {}

  /** The document of a key, null where there was none. Throws what a fold throws: there is nothing to show then. */
  async doc(key: string): Promise<Doc | null> {
    await this.fold(new Set([streamOfKey(key)]));
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const fold = new BatchFold(this.view, this.slice, this.ports.options?.effectiveOn);
      const computed = attempt(() => computeDoc(fold, key, dependenciesOf(fold, key)));
      // `compute` of this very view says so.
      if (fold.isComplete) return computed.value() as Doc | null;
      await Promise.all([this.fold(fold.missing.states), this.gather(fold.missing.groups)]);
    }
    assert(false, 'a view looks further and further', { view: this.view.name });
  }

  private async fold(streams: ReadonlySet<string>): Promise<void> {
    await Promise.all([...streams].map(async (stream) => this.slice.states.set(stream, await this.stateOf(stream))));
  }

  private async stateOf(stream: string): Promise<StreamState | null> {
    const folder = this.view.categories[categoryOf(stream)];
    assert(folder, 'a view looks at a category it does not fold', {
      view: this.view.name,
      category: categoryOf(stream),
    });
    const events = await this.prefix.read(stream);
    const last = events.at(-1);
    return last
      ? {
          revision: last.revision,
          state: events.reduce((state, event) => folder.evolve(state, event), folder.initial),
          broken: false,
        }
      : null;
  }

  /** Membership at the moment: who was ever in the group, folded to the prefix's end, and in it at some revision by then. */
  private async gather(groups: ReadonlySet<string>): Promise<void> {
    for (const group of groups) {
      const candidates = await this.ports.groups.membersOf(group);
      const joined = await Promise.all(candidates.map((stream) => this.isIn(group, stream)));
      this.slice.groups.set(
        group,
        candidates.filter((_, index) => joined[index]),
      );
    }
  }

  private async isIn(group: string, stream: string): Promise<boolean> {
    const folder = this.view.categories[categoryOf(stream)];
    if (!folder?.groups) return false;
    let state = folder.initial;
    for (const event of await this.prefix.read(stream)) {
      state = folder.evolve(state, event);
      if (folder.groups(state, stream).includes(group)) return true;
    }
    return false;
  }
}

/** Runs now and answers later: what a pass that lacks states throws means nothing. */
function attempt<T>(work: () => T): { value(): T } {
  try {
    const value = work();
    return { value: () => value };
  } catch (error) {
    return {
      value: () => {
        throw error;
      },
    };
  }
}
