import { describe, expect, it, jest } from '@jest/globals';
import type { Principal } from '@assay/domain';
import type { Change, ChangedItem, FeedOptions, ResumeFrom, View } from '@assay/read-models';
import { GraphqlContext } from '../edge/context.js';
import { follow, type Follow, type Message } from './follow.js';

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

async function following(feed: Feed, options: Partial<Follow<Doc, Doc>> = {}, who: Principal | null = principal) {
  const context = new GraphqlContext('r', { issuer: 'i', subject: 's', expiresAt: null } as never, 'en', { find: () => Promise.resolve(who) });
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
  it('sends every visible change once and in order, and asks for those after the position given', async () => {
    const messages = await following(async function* () {
      yield change(4, 'a');
      yield change(5, 'hidden');
      yield change(7, 'b', 'c');
    }, { after: 3 });
    expect(await read(messages)).toEqual(['CHANGE 4 a', 'CHANGE 7 b', 'CHANGE 7 c']);
    expect(asked.at(-1)).toBe(3);
  });

  it('tells where to resume, and ends, when the feed has lost its place', async () => {
    const messages = await following(async function* () {
      yield change(4, 'a');
      yield { resumeFrom: 9 };
      yield change(5, 'never');
    });
    expect(await read(messages)).toEqual(['CHANGE 4 a', 'RESUME_FROM 4']);
  });

  it('tells where to resume when 1,000 messages were left unread, after which nothing of one event is sent in half', async () => {
    const messages = await following(async function* () {
      for (let position = 1; position <= 2_000; position += 1) yield change(position, 'a', 'b');
    });
    await new Promise((resolve) => setImmediate(resolve));
    const found = await read(messages);
    expect(found.slice(0, 2)).toEqual(['CHANGE 1 a', 'CHANGE 1 b']);
    const [last, before] = [found.at(-1), found.at(-2)];
    expect(last).toBe(`RESUME_FROM ${String(Number(before?.split(' ')[1]))}`);
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
    }, {}, null);
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
