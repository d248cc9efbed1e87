import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OrderEntry } from './ordering.js';
import { Places, type PlaceSource } from './places.js';

const ID = '0191f0c8-2f4e-7000-8000-000000000001';
const DIGEST = '0123456789abcdef0123456789abcdef';
const ROW = { ordinal: 7, enginePosition: 700n, recordedAt: 1_000, stream: 'goal-1', revision: 3, id: ID, digest: DIGEST };
const PLACE = { ordinal: 7, recordedAt: 1_000, id: ID, digest: DIGEST };

/** An index that has the event or not, and how often it was asked. */
function source({ isTold, has = true }: { readonly isTold: boolean; readonly has?: boolean }): PlaceSource & { asked: number; has: boolean } {
  return {
    asked: 0,
    has,
    isTold: () => isTold,
    at(places) {
      this.asked += 1;
      return Promise.resolve(this.has ? places.filter(({ stream, revision }) => stream === ROW.stream && revision === ROW.revision).map(() => ROW) : []);
    },
  };
}
// What is told of an entry is its event's place and the digest alone.
const entryOf = (): OrderEntry => ({ digest: DIGEST, event: { stream: ROW.stream, revision: ROW.revision, position: ROW.ordinal, recordedAt: ROW.recordedAt, id: ID } }) as OrderEntry;

// Time passes when a case says so, however busy the machine is.
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('where an event stands', () => {
  it('is told without a question where this process keeps the index', async () => {
    const index = source({ isTold: true });
    const places = new Places(index);
    const place = places.watch(ROW.stream, ROW.revision).within(2_000);
    places.indexed([entryOf()]);
    await expect(place).resolves.toEqual(PLACE);
    expect(index.asked).toBe(0);
    places.close();
  });

  it('is asked for after a while all the same, in case another keeps the index now', async () => {
    const index = source({ isTold: true });
    const places = new Places(index);
    const place = places.watch(ROW.stream, ROW.revision).within(2_000);
    await jest.advanceTimersByTimeAsync(200);
    expect(index.asked).toBe(0);
    await jest.advanceTimersByTimeAsync(50);
    await expect(place).resolves.toEqual(PLACE);
    expect(index.asked).toBe(1);
    places.close();
  });

  it('is asked for soon where another process keeps the index', async () => {
    const index = source({ isTold: false, has: false });
    const places = new Places(index);
    const place = places.watch(ROW.stream, ROW.revision).within(2_000);
    index.has = true;
    places.poke();
    await expect(place).resolves.toEqual(PLACE);
    places.close();
  });

  it.each([true, false])('is asked for at once where it may be indexed already (told: %s)', async (isTold) => {
    const index = source({ isTold });
    const places = new Places(index);
    await expect(places.find(ROW.stream, ROW.revision, 2_000)).resolves.toEqual(PLACE);
    expect(index.asked).toBe(1);
    places.close();
  });

  it('is null where it is not there in time', async () => {
    const places = new Places(source({ isTold: false, has: false }));
    const found = places.find(ROW.stream, ROW.revision, 20);
    await jest.advanceTimersByTimeAsync(20);
    await expect(found).resolves.toBeNull();
    places.close();
  });
});
