import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@assay/domain';
import type { EventDocument } from '@assay/read-models';
import { exportEvents, type ExportPorts } from './export.js';

const READER: Principal = { personId: 'reader', roles: new Set(['AUDITOR']), manages: new Set(), heads: new Set(), seats: new Set() };
const HIDDEN_EACH = 7;

const eventAt = (position: number): EventDocument => ({
  ...{ eventId: `e${String(position)}`, stream: 'metric-sales', revision: position, position, recordedAt: position, category: 'metric', type: 'MetricDefined', schemaVersion: 1 },
  ...{ actor: 'a', authority: 'HR', commandId: 'c', correlationId: 'c', causationId: null, rootActor: null, reason: null, effectiveOn: null, sealed: false, data: {} },
});

/** A trail of which every seventh position is hidden from whoever reads. */
function trailOf(parked: number): ExportPorts & { readonly pages: number[] } {
  const pages: number[] = [];
  const readModels = {
    parked: async () => Array.from({ length: parked }, () => ({ key: 'k', position: 0, recordedAt: 0, eventId: '', code: 'FOLD_FAILED', detail: '' })),
    history: async (_view: unknown, { filter, first }: { readonly filter: { readonly position: { readonly gte: number; readonly lte: number } }; readonly first: number }) => {
      const { gte, lte } = filter.position;
      pages.push(first);
      const shown = Array.from({ length: lte - gte + 1 }, (_, index) => gte + index).filter((position) => position % HIDDEN_EACH !== 0);
      return { rows: shown.map((position) => ({ doc: eventAt(position) })), hasNext: false, hasPrevious: false, totalCount: null };
    },
  };
  // No more of the read models than this is asked for.
  return { readModels: readModels as unknown as ExportPorts['readModels'], log: { readStream: async () => [] }, pages };
}

async function exported(ports: ExportPorts, from: number, to: number) {
  const lines = [];
  for await (const page of exportEvents(ports, READER, { from, to })) lines.push(...page);
  return lines;
}

describe('an export of events', () => {
  it.each([
    [0, 0],
    [0, 99],
    [0, 100],
    [3, 250],
    [200, 401],
  ])('has every position from %i to %i once, in order, the hidden ones marked', async (from, to) => {
    const lines = await exported(trailOf(0), from, to);
    expect(lines).toEqual(
      Array.from({ length: to - from + 1 }, (_, index) => from + index).map((position) =>
        position % HIDDEN_EACH === 0 ? { position, redacted: true } : { ...eventAt(position), recordedAt: new Date(position).toISOString() },
      ),
    );
  });

  it('of an empty range has no line', async () => {
    expect(await exported(trailOf(0), 5, 4)).toEqual([]);
  });

  it('is refused while part of the trail is parked, which would look hidden', async () => {
    const trail = trailOf(1);
    await expect(exported(trail, 0, 10)).rejects.toMatchObject({ code: 'PROJECTION_PARKED' });
    expect(trail.pages).toEqual([]);
  });
});
