import { describe, expect, it, jest } from '@jest/globals';
import type { Principal } from '@assay/domain';
import type { Change, ChangedItem, FeedOptions, ResumeFrom, View } from '@assay/read-models';
import { GraphqlContext } from '../edge/context.js';
import { AHEAD_MAX, follow, type Follow, type Message } from './follow.js';

interface Doc {
  readonly name: string;
}
const principal: Principal = { personId: 'p', roles: new Set(['HR']), manages: new Set(), heads: new Set(), seats: new Set() };
const change = (position: number, ...names: readonly string[]): Change<Doc> => ({
  position,
  // Only the position and the items are looked at.
  event: {} as Change<Doc>['event'],
  items: names.map((name): ChangedItem<Doc> => ({ key: name, doc: { name }, access: {}, isStale: false })),
});

type Feed = (options: FeedOptions) => AsyncGenerator<Change<Doc> | ResumeFrom, void, undefined>;
const asked: (number | undefined)[] = [];

async function following(feed: Feed, options: Partial<Follow<Doc, Doc>> = {}, find: () => Promise<Principal | null> = () => Promise.resolve(principal)) {
  const context = new GraphqlContext('r', { issuer: 'i', subject: 's', expiresAt: null } as never, 'en', { find });
  const readModels = { changes: (_view: unknown, feedOptions: FeedOptions = {}) => (asked.push(feedOptions.after), feed(feedOptions)) };
  const ports = { readModels: readModels as never, log: { head: () => Promise.resolve({ position: 100, cursor: 'START' as const, recordedAt: null }) } };
  return follow<Doc, Doc>(ports, context, { view: {} as View<Doc>, field: 'changed', after: null, shown: async ({ doc }) => (doc === null || doc.name === 'hidden' ? undefined : { event: null, view: doc }), ...options });
}
async function read(messages: AsyncIterable<Readonly<Record<string, Message<Doc>>>>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const message of messages) {
    const { kind, position, view } = message['changed'] ?? { kind: '?', position: -1, view: null };
    found.push(`${kind} ${String(position)}${view === null ? '' : ` ${view.name}`}`);
  }
  return found;
}

describe('following changes', () => {
  it('sends every visible change once and in order, an event as passed with its last, and asks for those after the position given', async () => {
    const messages = await following(async function* () {
      yield change(4, 'a');
      yield change(5, 'hidden');
      yield change(7, 'b', 'c');
    }, { after: 3 });
    expect(await read(messages)).toEqual(['CHANGE 4 a', 'CHANGE 6 b', 'CHANGE 7 c']);
    expect(asked.at(-1)).toBe(3);
  });

  it('waits out what passes: rights and documents that cannot be read for a while', async () => {
    const unreachable = (): Promise<never> => Promise.reject(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }));
    let [looks, reads] = [0, 0];
    const messages = await following(async function* () {
      yield change(4, 'a');
    }, { shown: ({ doc }) => ((reads += 1) === 1 ? unreachable() : Promise.resolve({ event: null, view: doc })) }, () => ((looks += 1) === 1 ? unreachable() : Promise.resolve(principal)));
    expect(await read(messages)).toEqual(['CHANGE 4 a']);
  });

  it('tells where to resume, and ends, when the feed has lost its place', async () => {
    const messages = await following(async function* () {
      yield change(4, 'a');
      yield { resumeFrom: 9 };
      yield change(5, 'never');
    });
    expect(await read(messages)).toEqual(['CHANGE 4 a', 'RESUME_FROM 9']);
  });

  it('goes at its reader\'s pace: of a long replay nothing is skipped, and little is taken from the feed before it is read', async () => {
    let taken = 0;
    const messages = await following(async function* () {
      for (let position = 1; position <= 3_000; position += 1) {
        taken = position;
        yield change(position, 'a', 'b');
      }
    });
    const [found, ahead]: [string[], number[]] = [[], []];
    for await (const { changed } of messages) {
      found.push(`${changed?.kind ?? '?'} ${String(changed?.position)}`);
      ahead.push(taken - (changed?.position ?? 0));
      // As a socket does: the next is asked for once this one has left.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(found).toEqual(Array.from({ length: 3_000 }, (_, index) => [`CHANGE ${String(index)}`, `CHANGE ${String(index + 1)}`]).flat());
    expect(Math.max(...ahead)).toBeLessThanOrEqual(AHEAD_MAX);
  });

  it('sends positions while nothing concerns the reader, never one that is not behind them', async () => {
    jest.useFakeTimers();
    try {
      let go: () => void = () => undefined;
      const messages = await following(async function* ({ onDrained }) {
        yield change(4, 'hidden');
        onDrained?.(6);
        await new Promise<void>((resolve) => (go = resolve));
      }, { everyMs: 15_000 });
      const reading = messages[Symbol.asyncIterator]();
      const first = reading.next();
      await jest.advanceTimersByTimeAsync(15_000);
      expect((await first).value).toEqual({ changed: { kind: 'POSITION', position: 6, event: null, view: null } });
      go();
      expect((await reading.next()).done).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  it('ends with FORBIDDEN once the reader is nobody any more', async () => {
    const messages = await following(async function* () {
      yield change(4, 'a');
    }, {}, () => Promise.resolve(null));
    await expect(read(messages)).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  it('refuses a position beyond the head', async () => {
    await expect(following(async function* () {}, { after: 101 })).rejects.toMatchObject({ extensions: { code: 'POSITION_AHEAD', position: '100' } });
  });

  it('ends its feed when the reader leaves', async () => {
    let signal: AbortSignal | undefined;
    const messages = await following(async function* (options) {
      signal = options.signal;
      yield change(4, 'a');
      await new Promise<void>((resolve) => options.signal?.addEventListener('abort', () => resolve()));
    });
    await messages.next();
    await messages.return?.();
    expect(signal?.aborted).toBe(true);
  });
});
