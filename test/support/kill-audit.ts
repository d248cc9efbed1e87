import { join } from 'node:path';
import { expect } from '@jest/globals';
import { eventCatalogue, type Recorded } from '@assay/domain';
import { EventCodec, EventStore, openEmbedded, openLocalKeyStore, openPostgresLog } from '@assay/event-log';
import { allViews } from '@assay/read-models';
import { dumped, foldedFresh, type Dump } from './fresh-fold.js';
import type { Answer } from './kill-protocol.js';
import { loadStep, type LoadWorld } from './team-load.js';

/** What the outside knows: every command that was answered, and what it was answered. */
export class Ledger {
  readonly answers = new Map<string, Answer>();
  /** The next command of each writer. */
  readonly next: number[];
  /** Commands in flight at a kill that turned out to have been done. */
  foundDone = 0;

  constructor(writers: number) {
    this.next = Array.from({ length: writers }, () => 0);
  }

  take(answer: Answer): void {
    expect(answer.n).toBe(this.next[answer.writer]);
    this.next[answer.writer] = answer.n + 1;
    this.answers.set(answer.commandId, answer);
    if (answer.repeated) this.foundDone += 1;
  }

  /** The last answer of each writer. */
  last(): readonly Answer[] {
    return [...new Map([...this.answers.values()].map((answer) => [answer.writer, answer])).values()];
  }
}

/** A log as it lies on disk, and each view's tables beside what a fresh fold gives; read by somebody else than the application. */
export interface Found {
  readonly events: readonly Recorded[];
  readonly views: readonly { readonly name: string; readonly live: Dump; readonly fresh: Dump }[];
}

export async function lookInto(folder: string): Promise<Found> {
  const embedded = await openEmbedded({ dataDir: folder });
  const log = await openPostgresLog({ app: embedded.app });
  try {
    const keys = await openLocalKeyStore({ folder: join(folder, 'keys'), logId: log.id, create: false });
    const events = await new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys })).readAll({ afterPosition: -1 });
    const views: Found['views'][number][] = [];
    for (const view of allViews) views.push({ name: view.name, live: await dumped(view, embedded.app), fresh: await foldedFresh(view, events) });
    return { events, views };
  } finally {
    await log.close();
    await embedded.close();
  }
}

/** Positions and revisions without gaps, ids once, time never back, and each command's events together. */
export function expectWhole(events: readonly Recorded[]): void {
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const revisions = new Map<string, number>();
  for (const [index, event] of events.entries()) {
    expect(event.revision).toBe((revisions.get(event.stream) ?? -1) + 1);
    revisions.set(event.stream, event.revision);
    expect(event.recordedAt).toBeGreaterThanOrEqual(events[index - 1]?.recordedAt ?? 0);
  }
  for (const own of byCommand(events).values()) {
    const first = own[0]?.position ?? 0;
    expect(own.map(({ stream, position }) => ({ stream, position }))).toEqual(own.map((_, index) => ({ stream: own[0]?.stream, position: first + index })));
  }
}

/** Every answered command's events are there once, where its answer said; and no event is there that nobody asked for. */
export function expectAnswered(events: readonly Recorded[], { answers }: Ledger, world: LoadWorld): void {
  const recorded = byCommand(events);
  const expected = [...answers.values()].map(({ commandId, writer, n, stream, revision, position }) => {
    const { key, events: count } = loadStep(world, writer, n);
    const backwards = Array.from({ length: count }, (_, index) => count - 1 - index);
    return { key, commandId, places: backwards.map((back) => ({ stream, revision: revision - back, position: (position ?? 0) - back })) };
  });
  const found = expected.map(({ key, commandId }) => ({ key, commandId, places: (recorded.get(commandId) ?? []).map(({ stream, revision, position }) => ({ stream, revision, position })) }));
  expect(found).toEqual(expected);
  // What founded the log came before the writers; what SYSTEM did names what caused it.
  const begun = Math.min(...expected.flatMap(({ places }) => places.map(({ position }) => position)));
  const unasked = events.filter(({ position, meta }) => position >= begun && !answers.has(meta.commandId) && meta.causationId === undefined);
  expect(unasked).toEqual([]);
}

/** Of commands whose answers say no more than that: each is there once, whole, and ends where its answer said. */
export function expectOnce(events: readonly Recorded[], acknowledged: readonly { readonly key: string; readonly commandId: string; readonly events: number; readonly position: number }[]): void {
  const recorded = byCommand(events);
  const found = acknowledged.map(({ commandId, ...one }) => ({ ...one, commandId, events: recorded.get(commandId)?.length ?? 0, position: recorded.get(commandId)?.at(-1)?.position }));
  expect(found).toEqual(acknowledged);
}

/** Every approved recalibration reached its target once, and was completed. */
export function expectApplied(events: readonly Recorded[]): void {
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  expect({ applied: count('RecalibrationApplied'), targets: count('TargetRecalibrated') }).toEqual({ applied: count('RecalibrationApproved'), targets: count('RecalibrationApproved') });
}

function byCommand(events: readonly Recorded[]): ReadonlyMap<string, readonly Recorded[]> {
  const found = new Map<string, Recorded[]>();
  for (const event of events) {
    const own = found.get(event.meta.commandId);
    if (own === undefined) found.set(event.meta.commandId, [event]);
    else own.push(event);
  }
  return found;
}
