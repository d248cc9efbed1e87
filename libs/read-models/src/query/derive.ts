import { assert } from '@assay/domain';
import { BatchFold } from '../projection/batch-fold.js';
import type { SliceSource } from '../projection/fold-batch.js';
import { computeDoc } from '../projection/lookup.js';
import { emptySlice } from '../projection/slice.js';
import type { View } from '../view/view.js';

/**
 * What another `compute` makes of the very states that a view's documents rest on, by key; keys without a document of
 * it are left out. `derived` has the categories and dependencies of the view whose tables these are, e.g. a derivation
 * beside a score, or progress as of a day: figures that no row holds, without reading the log.
 */
export async function derive<T>(
  source: SliceSource,
  derived: View<T>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, T>> {
  const slice = emptySlice();
  await source.load({ keys: new Set(keys), states: new Set(), groups: new Set(), linked: new Set() }, slice);
  const fold = new BatchFold(derived, slice);
  const documents = keys.flatMap((key): readonly [string, T][] => {
    if (fold.keyState(key) === null) return [];
    // `compute` of the derived view says so.
    const doc = computeDoc(fold, key, fold.linksOf(key)) as T | null;
    return doc === null ? [] : [[key, doc]];
  });
  assert(fold.isComplete, 'a derived view looks at what its view rests on, and nothing else', { view: derived.name });
  return new Map(documents);
}
