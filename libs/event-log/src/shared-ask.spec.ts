import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SharedAsk } from './shared-ask.js';

/** An asking whose answers come when the test says so. */
function asked() {
  const open: { readonly resolve: (value: string) => void; readonly reject: (error: Error) => void }[] = [];
  const shared = new SharedAsk(() => new Promise<string>((resolve, reject) => void open.push({ resolve, reject })));
  return { shared, open };
}

describe('a shared asking', () => {
  it('answers nobody with what was asked before they came, and asks once for all who wait', async () => {
    const { shared, open } = asked();
    const first = shared.get();
    const others = [shared.get(), shared.get()];
    expect(open).toHaveLength(1);
    open[0]?.resolve('old');
    expect(await first).toBe('old');
    await settled();
    expect(open).toHaveLength(2);
    open[1]?.resolve('new');
    expect(await Promise.all(others)).toEqual(['new', 'new']);
    const later = shared.get();
    expect(open).toHaveLength(3);
    open[2]?.resolve('newest');
    expect(await later).toBe('newest');
  });

  it('hands an error to those who shared the asking, and asks anew for the next', async () => {
    const { shared, open } = asked();
    const first = shared.get();
    const second = shared.get();
    open[0]?.reject(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await settled();
    open[1]?.resolve('found');
    expect(await second).toBe('found');
  });
});
