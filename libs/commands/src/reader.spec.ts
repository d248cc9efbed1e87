import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@assay/domain';
import { LogError } from '@assay/event-log';
import { FoldCache, Reader, type Folds, type StreamSource } from './reader.js';

const META = { actor: 'a', authority: 'HR', commandDigest: 'd', correlationId: 'r' };
const FOLDS: Folds = { list: { initial: [], evolve: (state, { id }) => [...(state as readonly string[]), id] } };

/** A log in memory that counts how often it is read, and lets a test hold a reading back. */
class CountedLog implements StreamSource {
  readonly events: Recorded[] = [];
  readonly reads = { stream: 0, all: 0, head: 0 };
  held: Promise<void> = Promise.resolve();

  append(stream: string, id: string): void {
    const revision = this.events.filter((event) => event.stream === stream).length;
    this.events.push({ id, stream, revision, position: this.events.length, type: 'Listed', schemaVersion: 1, data: {}, recordedAt: 0, meta: { ...META, commandId: id } });
  }
  async readStream(stream: string, { from }: { readonly from: number }): Promise<readonly Recorded[]> {
    this.reads.stream += 1;
    const found = this.events.filter((event) => event.stream === stream && event.revision >= from);
    await this.held;
    if (found.length === 0) throw new LogError('StreamNotFound', stream);
    return found;
  }
  readAll({ afterPosition, max }: { readonly afterPosition: number; readonly max: number }): Promise<readonly Recorded[]> {
    this.reads.all += 1;
    return Promise.resolve(this.events.slice(afterPosition + 1, afterPosition + 1 + max));
  }
  head(): Promise<{ readonly position: number }> {
    this.reads.head += 1;
    return Promise.resolve({ position: this.events.length - 1 });
  }
}

const setUp = () => {
  const log = new CountedLog();
  const cache = new FoldCache(log, FOLDS);
  const read = async (stream: string): Promise<unknown> => (await new Reader(cache, await cache.catchUp()).folded(stream)).state;
  return { log, cache, read };
};

describe('folds that are held', () => {
  it('follow the log by one reading, those of missing streams too', async () => {
    const { log, read } = setUp();
    log.append('list-1', 'a');
    expect([await read('list-1'), await read('list-2')]).toEqual([['a'], []]);
    log.append('list-1', 'b');
    log.append('list-2', 'c');
    log.append('list-3', 'd');
    expect([await read('list-1'), await read('list-2')]).toEqual([['a', 'b'], ['c']]);
    expect(log.reads.stream).toBe(2);
    expect(await read('list-3')).toEqual(['d']);
  });

  it('miss nothing that was appended while they were read', async () => {
    const { log, cache, read } = setUp();
    log.append('list-1', 'a');
    await read('list-1');
    log.append('list-2', 'b');
    let release: () => void = () => undefined;
    log.held = new Promise((resolve) => (release = resolve));
    const reading = cache.latest('list-2');
    log.append('list-2', 'c');
    await cache.catchUp();
    release();
    expect((await reading).state).toEqual(['b']);
    expect(await read('list-2')).toEqual(['b', 'c']);
  });

  it('are read once however many ask meanwhile, and follow the log from then on', async () => {
    const { log, cache, read } = setUp();
    log.append('list-1', 'a');
    await read('list-1');
    log.append('list-2', 'b');
    let release: () => void = () => undefined;
    log.held = new Promise((resolve) => (release = resolve));
    const first = read('list-2');
    await cache.catchUp();
    log.append('list-2', 'c');
    const second = read('list-2');
    await cache.catchUp();
    log.append('list-2', 'd');
    await cache.catchUp();
    release();
    expect([await first, await second]).toEqual([['b'], ['b', 'c']]);
    expect(await read('list-2')).toEqual(['b', 'c', 'd']);
    expect(log.reads.stream).toBe(3);
  });

  it('are read again by who asks after more was passed by than is looked through', async () => {
    const { log, cache, read } = setUp();
    log.append('list-1', 'a');
    await read('list-1');
    log.append('list-2', 'b');
    let release: () => void = () => undefined;
    log.held = new Promise((resolve) => (release = resolve));
    const first = read('list-2');
    await cache.catchUp();
    for (let index = 0; index < 1200; index += 1) log.append('list-3', String(index));
    log.append('list-2', 'c');
    const second = read('list-2');
    release();
    expect([await first, await second]).toEqual([['b'], ['b', 'c']]);
  });

  it('are read on one by one where much was appended by others', async () => {
    const { log, read } = setUp();
    log.append('list-1', 'first');
    await read('list-1');
    for (let index = 0; index < 1200; index += 1) log.append('list-2', String(index));
    log.append('list-1', 'last');
    expect(await read('list-1')).toEqual(['first', 'last']);
    expect(log.reads.stream).toBe(2);
  });

  it('are shown no further than the position asked for, and as they stand now where none is', async () => {
    const { log, cache, read } = setUp();
    log.append('list-1', 'a');
    await read('list-1');
    log.append('list-1', 'b');
    expect((await cache.latest('list-1')).state).toEqual(['a', 'b']);
    expect((await new Reader(cache, 0).folded('list-1')).state).toEqual(['a']);
  });
});
