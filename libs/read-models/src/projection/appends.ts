import type { Recorded } from '@assay/domain';

/** Whether two neighbours in log order came in by one append: one stream, one command of one actor. */
export const sameAppend = (a: Recorded, b: Recorded): boolean =>
  a.stream === b.stream &&
  a.meta.commandId === b.meta.commandId &&
  a.meta.actor === b.meta.actor &&
  b.revision === a.revision + 1;

/** Cuts events in log order into appends. An append is taken whole or not at all, in every batch, so batches cut nothing. */
export function appendsOf(events: readonly Recorded[]): readonly (readonly Recorded[])[] {
  const appends: Recorded[][] = [];
  let last: Recorded | undefined;
  for (const event of events) {
    if (last && sameAppend(last, event)) appends.at(-1)?.push(event);
    else appends.push([event]);
    last = event;
  }
  return appends;
}
