import { expect } from '@jest/globals';
import { eventTypeFilter, excludeSystemEvents, streamNameFilter, type Position } from '@eventstore/db-client';
import { Heard, event, fresh, positionIn, type AnswerCase, type Asked } from './answers.js';

const NOT_A_PLACE: Position = { commit: 18_446_744_073_709_551_615n, prepare: 18_446_744_073_709_551_615n };
const EVERYTHING = 10_000_000;

/** So many events in a stream of their own; where the first of them is. */
async function written(asked: Asked, stream: string, count: number): Promise<Position> {
  const first = await asked.append(stream, 'no_stream', [event('A')]);
  await asked.append(stream, 0n, Array.from({ length: count - 1 }, () => event('A')));
  return positionIn(first);
}

/** The first event that a subscription from a place delivers. */
async function firstFrom(asked: Asked, place: Position, stream: string): Promise<bigint> {
  const heard = Heard.all(asked, place, streamNameFilter({ prefixes: [stream], maxSearchWindow: EVERYTHING }));
  await heard.until('caughtUp');
  await heard.stop();
  return heard.events[0]?.event?.position?.commit ?? 0n;
}

/** Checkpoints of a filtered subscription to $all, and its filters. */
export const CHECKPOINT_ANSWERS: readonly AnswerCase[] = [
  {
    name: 'where nothing matches in one window, the checkpoint at the end of catch-up is {2^64-1, 2^64-1}',
    async run(asked) {
      const stream = fresh('unmatched');
      const heard = Heard.all(asked, 'start', streamNameFilter({ prefixes: [stream], maxSearchWindow: EVERYTHING }));
      await heard.until('caughtUp');
      await heard.stop();
      expect(heard.said).toEqual(['confirmation', 'checkpoint', 'caughtUp']);
      expect(heard.checkpoints).toEqual([NOT_A_PLACE]);
    },
  },
  {
    name: 'a subscription from {2^64-1, 2^64-1} is accepted and skips what came before it',
    async run(asked) {
      const stream = fresh('skipped');
      await asked.append(stream, 'no_stream', [event('Skipped')]);
      const heard = Heard.all(asked, NOT_A_PLACE, streamNameFilter({ prefixes: [stream] }));
      await heard.until('caughtUp');
      await asked.append(stream, 0n, [event('Delivered')]);
      await heard.until('Delivered@1');
      await heard.stop();
      expect(heard.said).toEqual(['confirmation', 'caughtUp', 'Delivered@1']);
    },
  },
  {
    name: 'where nothing matches in several windows, checkpoints are {X, 0}, and X is delivered from there and not from {X, X}',
    async run(asked) {
      const stream = fresh('windows');
      const from = await written(asked, stream, 10);
      const heard = Heard.all(asked, from, streamNameFilter({ prefixes: [fresh('nothing')], maxSearchWindow: 4 }));
      await heard.until('caughtUp');
      await heard.stop();
      const [place] = heard.checkpoints.filter(({ prepare }) => prepare === 0n);
      if (place === undefined) throw new Error('no checkpoint has prepare 0');
      expect(place.commit).toBeGreaterThan(from.commit);
      expect(await firstFrom(asked, place, stream)).toBe(place.commit);
      expect(await firstFrom(asked, { commit: place.commit, prepare: place.commit }, stream)).toBeGreaterThan(place.commit);
    },
  },
  {
    name: 'with matches the checkpoint is {X, X} of the last one, in order with the events',
    async run(asked) {
      const stream = fresh('matches');
      const from = await written(asked, stream, 3);
      const heard = Heard.all(asked, from, streamNameFilter({ prefixes: [stream] }));
      await heard.until('caughtUp');
      await heard.stop();
      expect(heard.said.filter((said) => said !== 'checkpoint')).toEqual(['confirmation', 'A@1', 'A@2', 'caughtUp']);
      expect(heard.said.at(-2)).toBe('checkpoint');
      expect(heard.checkpoints.at(-1)).toEqual(heard.events.at(-1)?.event?.position);
    },
  },
  {
    name: 'a live checkpoint follows its event, {X, X}',
    async run(asked) {
      const stream = fresh('live');
      const heard = Heard.all(asked, 'end', streamNameFilter({ prefixes: [stream], maxSearchWindow: 1, checkpointInterval: 1 }));
      await heard.until('caughtUp');
      const result = await asked.append(stream, 'no_stream', [event('A')]);
      await heard.until('A@0');
      while (!heard.checkpoints.some(({ commit }) => commit === result.position?.commit)) await heard.until('checkpoint', heard.checkpoints.length + 1);
      await heard.stop();
      expect(heard.checkpoints).toContainEqual(result.position);
      expect(heard.said.slice(heard.said.indexOf('A@0'))[1]).toBe('checkpoint');
    },
  },
  {
    name: 'a subscription from a position begins behind it, and goes on with what is written',
    async run(asked) {
      const stream = fresh('behind');
      const from = await written(asked, stream, 70);
      const heard = Heard.all(asked, from, streamNameFilter({ prefixes: [stream] }));
      await heard.until('caughtUp');
      await asked.append(stream, 69n, [event('B'), event('C')]);
      await heard.until('C@71');
      await heard.stop();
      expect(heard.events.map(({ event: read }) => Number(read?.revision))).toEqual(Array.from({ length: 71 }, (_, index) => index + 1));
    },
  },
  {
    name: 'filters by prefix and by expression, on streams and on types, leave out the rest',
    async run(asked) {
      const stream = fresh('filtered');
      const type = fresh('Type');
      const from = positionIn(await asked.append(stream, 'no_stream', [event('Begun')]));
      await asked.append(stream, 0n, [event(`${type}-a`), event(`${type}-b`)]);
      await asked.client.setStreamMetadata(stream, { maxCount: 10 });
      await asked.append(fresh('other'), 'no_stream', [event(`${type}-c`)]);
      const seen = async (filter: Parameters<typeof Heard.all>[2]): Promise<string[]> => {
        const heard = Heard.all(asked, from, filter);
        await heard.until('caughtUp');
        await heard.stop();
        return heard.events.map(({ event: read }) => `${read?.type}`).filter((read) => read.startsWith(type) || read.startsWith('$'));
      };
      const [a, b, c] = [`${type}-a`, `${type}-b`, `${type}-c`];
      expect(await seen(streamNameFilter({ prefixes: [stream] }))).toEqual([a, b]);
      expect(await seen(streamNameFilter({ regex: `${stream}$` }))).toEqual([a, b, '$metadata']);
      expect(await seen(eventTypeFilter({ prefixes: [a, c] }))).toEqual([a, c]);
      expect(await seen(eventTypeFilter({ regex: `^${type}-[bc]$` }))).toEqual([b, c]);
      expect(await seen(excludeSystemEvents())).toEqual([a, b, c]);
      expect(await seen(undefined)).toEqual([a, b, '$metadata', c]);
    },
  },
  {
    name: 'a subscription from the end is confirmed and caught up at once',
    async run(asked) {
      const heard = Heard.all(asked, 'end');
      await heard.until('caughtUp');
      await heard.stop();
      expect(heard.said.slice(0, 2)).toEqual(['confirmation', 'caughtUp']);
    },
  },
  {
    name: 'an interval of nothing but other events still gives checkpoints while live',
    doubleOnly: 'others may write to a shared log',
    async run(asked) {
      const heard = Heard.all(asked, 'end', streamNameFilter({ prefixes: ['nothing'], maxSearchWindow: 2 }));
      await heard.until('caughtUp');
      const results = [];
      for (const index of [0, 1, 2, 3]) results.push(await asked.append('other', index === 0 ? 'no_stream' : BigInt(index - 1), [event('A')]));
      await heard.until('checkpoint', 2);
      await heard.stop();
      expect(heard.checkpoints).toEqual([results[1]?.position, results[3]?.position]);
    },
  },
];
