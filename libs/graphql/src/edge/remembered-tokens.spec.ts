import { describe, expect, it } from '@jest/globals';
import { unauthenticated } from './error-codes.js';
import { RememberedTokens } from './remembered-tokens.js';

const BEGUN = 1_800_000_000_000;

describe('remembered tokens', () => {
  it.each([
    ['a minute', 3_600, 60_000],
    ['as long as they hold with the leeway', -30, 30_000],
  ])('are not checked again for %s', async (_how, expiresInSeconds, rememberedMs) => {
    let now = BEGUN;
    const checked: string[] = [];
    const verify = (token: string) => (checked.push(token), Promise.resolve({ issuer: 'i', subject: token, expiresAt: BEGUN / 1000 + expiresInSeconds }));
    const tokens = new RememberedTokens({ verify }, () => now);
    const subjects = [await tokens.verify('ada'), await tokens.verify('bo'), await tokens.verify('ada')].map(({ subject }) => subject);
    expect([subjects, checked]).toEqual([['ada', 'bo', 'ada'], ['ada', 'bo']]);
    now = BEGUN + rememberedMs - 1;
    await tokens.verify('ada');
    expect(checked).toEqual(['ada', 'bo']);
    now = BEGUN + rememberedMs;
    await tokens.verify('ada');
    expect(checked).toEqual(['ada', 'bo', 'ada']);
  });

  it('are none that do not hold', async () => {
    let checked = 0;
    const tokens = new RememberedTokens({ verify: () => ((checked += 1), Promise.reject(unauthenticated())) }, () => BEGUN);
    await expect(tokens.verify('x')).rejects.toThrow();
    await expect(tokens.verify('x')).rejects.toThrow();
    expect(checked).toBe(2);
  });
});
