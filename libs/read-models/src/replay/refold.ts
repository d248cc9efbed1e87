import { categoryOf, type Recorded } from '@assay/domain';
import { foldBatch, type SliceSource } from '../projection/fold-batch.js';
import type { Ask, Slice, Writes } from '../projection/slice.js';
import { streamOfKey, type View } from '../view/view.js';
import type { GroupMembers, Prefix } from './stream-folds.js';

/**
 * Folds one key from the log's start: the events of all streams it ever rested on, in log order, through the very
 * projector of the live runner. So its row, links and history come out as a fresh projection would have them.
 */
export async function refoldKey(
  view: View,
  key: string,
  { prefix, groups }: { readonly prefix: Prefix; readonly groups: GroupMembers },
): Promise<Writes> {
  const streams = new Set([streamOfKey(key)]);
  for (;;) {
    const found = new Set(streams);
    const source: SliceSource = { load: (ask, slice) => fresh(ask, { slice, found, groups, view }) };
    const writes = await foldBatch(view, await merged(prefix, streams), {
      source,
      only: new Set([key]),
      perAppend: true,
    });
    if (found.size === streams.size) return writes;
    for (const stream of found) streams.add(stream);
  }
}

/** Everything begins empty; what is asked for is noted, so that the next round folds its events too. */
async function fresh(
  ask: Ask,
  to: { slice: Slice; found: Set<string>; groups: GroupMembers; view: View },
): Promise<void> {
  const { slice, found, groups, view } = to;
  for (const stream of ask.states) {
    slice.states.set(stream, null);
    found.add(stream);
  }
  for (const key of ask.keys) slice.keys.set(key, null);
  for (const source of ask.linked) slice.linked.set(source, []);
  for (const group of ask.groups) {
    slice.groups.set(group, []);
    for (const stream of await groups.membersOf(group)) if (categoryOf(stream) in view.categories) found.add(stream);
  }
}

async function merged(prefix: Prefix, streams: ReadonlySet<string>): Promise<readonly Recorded[]> {
  const lists = await Promise.all([...streams].map((stream) => prefix.read(stream)));
  return lists.flat().sort((a, b) => a.position - b.position);
}
