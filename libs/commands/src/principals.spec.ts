import { describe, expect, it } from '@jest/globals';
import { initialCompany, initialPerson, type Recorded } from '@assay/domain';
import { LogError } from '@assay/event-log';
import type { Finder } from './finder.js';
import { Principals } from './principals.js';
import { FoldCache, Reader, type Folds } from './reader.js';

const META = { actor: 'a', authority: 'HR', commandDigest: 'd', correlationId: 'r' };
const DAY_MS = 86_400_000;
const still = (initial: unknown) => ({ initial, evolve: (state: unknown) => state });
const FOLDS: Folds = { company: still(initialCompany), person: still(initialPerson), facts: still(null) };

/** Principals over a log in memory, with how often a person was looked up by an identity. */
function setUp() {
  const events: Recorded[] = [];
  const seen = { lookUps: 0, now: 0 };
  const append = (stream: string): void => {
    const id = String(events.length);
    events.push({ id, stream, revision: events.filter((one) => one.stream === stream).length, position: events.length, type: 'Happened', schemaVersion: 1, data: {}, recordedAt: 0, meta: { ...META, commandId: id } });
  };
  const cache = new FoldCache(
    {
      readStream: (stream, { from }) => {
        const found = events.filter((event) => event.stream === stream && event.revision >= from);
        return found.length === 0 ? Promise.reject(new LogError('StreamNotFound', stream)) : Promise.resolve(found);
      },
      readAll: ({ afterPosition, max }) => Promise.resolve(events.slice(afterPosition + 1, afterPosition + 1 + max)),
      head: () => Promise.resolve({ position: events.length - 1 }),
    },
    FOLDS,
  );
  // What principals ask of a finder.
  const finder = {
    personByIdentity: (): Promise<string | null> => {
      seen.lookUps += 1;
      return Promise.resolve(`person-${seen.lookUps}`);
    },
    reportsOf: () => Promise.resolve([]),
  } as unknown as Finder;
  const principals = new Principals({ reader: async () => new Reader(cache, await cache.catchUp()), finder, now: () => Promise.resolve(seen.now) });
  const find = async (subject = 'one'): Promise<string | undefined> => (await principals.find('issuer', subject))?.personId;
  return { append, find, seen };
}

describe('the principal of an identity', () => {
  it('is found once while neither company nor people change', async () => {
    const { append, find } = setUp();
    append('company');
    const first = await find();
    append('facts-1');
    expect([first, await find(), await find('two')]).toEqual(['person-1', 'person-1', 'person-2']);
  });

  it.each(['company', 'person-1'])('is found anew after an event of %s', async (stream) => {
    const { append, find } = setUp();
    append('company');
    await find();
    append(stream);
    append('facts-1');
    expect([await find(), await find()]).toEqual(['person-2', 'person-2']);
  });

  it('is found anew on another day', async () => {
    const { append, find, seen } = setUp();
    append('company');
    await find();
    seen.now = DAY_MS;
    expect(await find()).toBe('person-2');
  });

  it('is found anew where more was appended than is looked through', async () => {
    const { append, find } = setUp();
    append('company');
    await find();
    for (let n = 0; n < 1000; n += 1) append('facts-1');
    expect([await find(), await find()]).toEqual(['person-2', 'person-2']);
  });
});
