import { assert, categoryOf, type Recorded } from '@assay/domain';
import { rootsOf, type View } from '../view/view.js';
import { project, type ProjectOptions } from './project.js';
import { emptySlice, type Ask, type Slice, type Writes } from './slice.js';

/** Where a batch loads from: a projection's tables, or the log itself. */
export interface SliceSource {
  /** Adds an entry to the slice for everything asked for. */
  load(ask: Ask, slice: Slice): Promise<void>;
}
/** How a batch is folded, and where from. */
export interface FoldOptions extends ProjectOptions {
  readonly source: SliceSource;
}
/** A chain of look-ups longer than this is a defect of the view. */
const ROUNDS_MAX = 32;

/**
 * Loads what a batch needs and folds it. Usually one load: links met in the batch may ask for another. Each round
 * projects the whole batch anew, which is what lets the projector be a pure function.
 */
export async function foldBatch(
  view: View,
  events: readonly Recorded[],
  { source, ...options }: FoldOptions,
): Promise<Writes> {
  const slice = emptySlice();
  let ask = firstAsk(view, events);
  let perAppend = options.perAppend === true;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await source.load(ask, slice);
    const projected = await project(view, events, { ...options, slice, perAppend });
    if ('writes' in projected) return projected.writes;
    if ('missing' in projected) ask = projected.missing;
    else {
      perAppend = true;
      ask = { states: new Set(), keys: new Set(), groups: new Set(), linked: new Set() };
    }
  }
  assert(false, 'a view looks further and further', { view: view.name });
}

function firstAsk(view: View, events: readonly Recorded[]): Ask {
  const streams = new Set(events.map(({ stream }) => stream).filter((stream) => categoryOf(stream) in view.categories));
  const roots = rootsOf(view);
  const keys = new Set(view.keys ? [] : [...streams].filter((stream) => roots.includes(categoryOf(stream))));
  return { states: streams, keys, groups: new Set(), linked: streams };
}
