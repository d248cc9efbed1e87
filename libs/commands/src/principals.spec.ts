import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Finder } from './finder.js';
import { companyFold } from './folds.js';
import { Principals } from './principals.js';
import { FoldCache, Reader } from './reader.js';

const NOON = Date.UTC(2026, 2, 2, 12);
let at: { position: number; now: number; broken: boolean };
let asked: string[];
let principals: Principals;
beforeEach(() => {
  at = { position: 7, now: NOON, broken: false };
  asked = [];
  const cache = new FoldCache({ readStream: () => Promise.resolve([]), head: () => Promise.resolve(at) }, { company: { initial: companyFold.initial, evolve: (state) => state } });
  const personByIdentity: Finder['personByIdentity'] = ({ subject }, position) => {
    asked.push(`${subject}@${String(position)}`);
    return at.broken ? Promise.reject(new Error('not now')) : Promise.resolve(null);
  };
  // Of a finder only this is asked for somebody whom nobody knows.
  const finder = { personByIdentity } as Finder;
  principals = new Principals({ reader: () => Promise.resolve(new Reader(cache, at.position)), finder, now: () => Promise.resolve(at.now) });
});
const find = (subject = 'ada'): Promise<unknown> => principals.find('issuer', subject);

describe('principals', () => {
  it('are looked up once as of a head of the log, also by those who ask together', async () => {
    await Promise.all([find(), find(), find('bo')]);
    await find();
    expect(asked).toEqual(['ada@7', 'bo@7']);
  });

  it.each<[string, () => void, string]>([
    ['an event', () => (at.position = 8), 'ada@8'],
    ['midnight', () => (at.now = NOON + 12 * 3_600_000), 'ada@7'],
    ['five seconds', () => (at.now = NOON + 5_000), 'ada@7'],
  ])('are looked up anew after %s', async (_what, change, again) => {
    await find();
    change();
    await find();
    expect(asked).toEqual(['ada@7', again]);
  });

  it('that could not be looked up are looked up by whoever asks next', async () => {
    at.broken = true;
    await expect(find()).rejects.toThrow('not now');
    at.broken = false;
    await expect(find()).resolves.toBeNull();
    expect(asked).toEqual(['ada@7', 'ada@7']);
  });
});
