import { describe, expect, it } from '@jest/globals';
import { encodeAppend, type EncodedAppend } from '../encode.js';
import { NO_STREAM, type JsonValue } from '../port.js';
import { digestOf } from './append-digest.js';
import type { EngineEvent } from './engine.js';
import { order, type OrderState } from './ordering.js';

const SCOPE = { logId: '0191f0c8-2f4e-7000-8000-000000000001', namespace: '' };
const EMPTY: OrderState = { ordinal: -1, enginePosition: null, recordedAt: null, simulated: false, offsetMs: 0, stepAcceptedAt: null };
const eventAt = (position: number, head: object, { type = 'Tested', data = {} }: { readonly type?: string; readonly data?: object } = {}): EngineEvent => ({
  stream: `s-${String(position)}`,
  revision: 0,
  id: `0191f0c8-2f4e-7000-8000-${String(position).padStart(12, '0')}`,
  type,
  body: Buffer.from(JSON.stringify(data)),
  metadata: { assay: { schemaVersion: 1, ...head }, meta: {} },
  created: 9_000,
  position: BigInt(position),
});

describe('the order of a simulated log', () => {
  const begun = order(EMPTY, [eventAt(1, { instant: 1_000 })], SCOPE).state;
  const ended = order(begun, [eventAt(2, { instant: 2_000 }, { type: 'SimulationEnded', data: { offset: 500 } })], SCOPE).state;

  it('is so from its first event, and no longer after its end, whose offset holds from then on', () => {
    expect(begun).toMatchObject({ ordinal: 0, recordedAt: 1_000, simulated: true });
    expect(ended).toMatchObject({ ordinal: 1, recordedAt: 2_000, simulated: false, offsetMs: 500 });
  });

  it('is not so again for a loader’s append that lands after the end', () => {
    const late = order(ended, [eventAt(3, { instant: 2_500 }), eventAt(4, {})], SCOPE);
    expect(late.state).toMatchObject({ ordinal: 3, simulated: false, recordedAt: 9_500 });
  });

  it('is not so of a log that began as a real one', () => {
    const real = order(EMPTY, [eventAt(1, {}), eventAt(2, { instant: 1_000 })], SCOPE);
    expect(real.state).toMatchObject({ simulated: false, recordedAt: 9_000 });
  });
});

describe('the digest of an event', () => {
  const append = (first: JsonValue) => encodeAppend('s', [first, { b: 1 }].map((data, index) => ({ id: `0191f0c8-2f4e-7000-8000-00000000000${String(index)}`, type: 'Tested', schemaVersion: 2, data, meta: { actor: 'ann' } })), NO_STREAM);
  const stored = ({ events }: EncodedAppend): readonly EngineEvent[] =>
    events.map(({ id, type, body, meta }, index) => ({ stream: 's', revision: index, id, type, body, metadata: { assay: { schemaVersion: 2, more: events.length - 1 - index }, meta: JSON.parse(meta.toString()) as unknown }, created: 0, position: BigInt(index) }));

  it('is that of its append up to it, whichever events come with it', () => {
    const [one, other] = [append({ a: 1 }), append({ a: 2 })];
    const digests = order(EMPTY, [...stored(one), ...stored(other)], SCOPE).entries.map(({ digest }) => digest);
    expect(digests).toHaveLength(4);
    expect([digests[1], digests[3]]).toEqual([digestOf(one), digestOf(other)]);
    expect(new Set(digests).size).toBe(4);
  });

  it.each<[string, (event: EngineEvent) => EngineEvent]>([
    ['body', (event) => ({ ...event, body: Buffer.from('{"b":2}') })],
    ['type', (event) => ({ ...event, type: 'Other' })],
    ['metadata', (event) => ({ ...event, metadata: { assay: { schemaVersion: 2 }, meta: { actor: 'bob' } } })],
    ['schema version', (event) => ({ ...event, metadata: { assay: { schemaVersion: 3 }, meta: { actor: 'ann' } } })],
  ])('is another where its %s is', (_what, changed) => {
    const [first, last] = stored(append({ a: 1 }));
    if (first === undefined || last === undefined) throw new Error('two events were stored');
    expect(order(EMPTY, [first, changed(last)], SCOPE).entries[1]?.digest).not.toBe(digestOf(append({ a: 1 })));
  });
});
