import type { Recorded } from '@assay/domain';
import type { View } from '../view/view.js';
import { foldBatch, type SliceSource } from './fold-batch.js';
import type { Parking, Writes } from './slice.js';

/**
 * What to write for one append whose rows the tables refuse (SQLSTATE class 22 or 23): its streams are folded on, and
 * every key it touches is parked as it stood before. `word` is the SQLSTATE.
 */
export async function refusedBatch(
  view: View,
  append: readonly Recorded[],
  { source, word }: { readonly source: SliceSource; readonly word: string },
): Promise<Writes> {
  const writes = await foldBatch(view, append, { source });
  const last = append.at(-1);
  const parked = writes.rows.map((row): Parking => {
    const { key, position, recordedAt } = row;
    return { key, position, recordedAt, eventId: last?.id ?? '', code: 'STORE_REFUSED', detail: word };
  });
  return {
    states: writes.states,
    members: writes.members,
    linksAdded: [],
    linksRemoved: [],
    rows: [],
    history: [],
    parked: [...writes.parked, ...parked],
  };
}
