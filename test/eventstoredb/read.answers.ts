import { expect } from '@jest/globals';
import type { Position } from '@eventstore/db-client';
import { Heard, brief, event, fresh, positionIn, readAll, readOnceThere, readStream, refusal, type AnswerCase, type Asked } from './answers.js';

const before = ({ commit }: Position, bytes: bigint): Position => ({ commit: commit - bytes, prepare: commit - bytes });

/** Three events in a stream of their own, and where they are. */
async function three(asked: Asked, stream: string): Promise<Position[]> {
  const positions: Position[] = [];
  for (const [index, type] of ['A', 'B', 'C'].entries()) {
    positions.push(positionIn(await asked.append(stream, index === 0 ? 'no_stream' : BigInt(index - 1), [event(type)])));
  }
  return positions;
}

/** Order, positions, reading. */
export const READ_ANSWERS: readonly AnswerCase[] = [
  {
    name: 'positions are byte offsets, the same for commit and prepare, with gaps between',
    async run(asked) {
      const [first] = await three(asked, fresh('positions'));
      const all = await readAll(asked, { ...(first === undefined ? {} : { fromPosition: first }), maxCount: 3 });
      for (const [index, { event: written }] of all.entries()) {
        const previous = all[index - 1]?.event;
        expect(written?.position?.commit).toBe(written?.position?.prepare);
        if (previous?.position === undefined || written?.position === undefined) continue;
        expect(written.position.commit - previous.position.commit).toBeGreaterThan(110n);
        expect(Number(written.created)).toBeGreaterThanOrEqual(Number(previous.created));
      }
    },
  },
  {
    name: 'a record takes 90 bytes and its names and payloads',
    async run(asked) {
      const stream = fresh('bytes');
      const [a] = [event('Type', { some: 'data' })];
      await asked.append(stream, 'no_stream', [a, event('B')]);
      const [first, second] = await readStream(asked, stream);
      const size = 90 + stream.length + 'Type'.length + JSON.stringify({ some: 'data' }).length;
      expect((second?.event?.position?.commit ?? 0n) - (first?.event?.position?.commit ?? 0n)).toBe(BigInt(size));
    },
  },
  {
    name: 'writing metadata puts one $metadata event into $all',
    async run(asked) {
      const stream = fresh('metadata');
      const result = await asked.append(stream, 'no_stream', [event('A'), event('B'), event('C')]);
      await asked.client.setStreamMetadata(stream, { maxCount: 2 });
      const after = await readAll(asked, { fromPosition: positionIn(result), maxCount: 2 });
      expect(after.map(({ event }) => [event?.streamId, event?.type])).toEqual([[stream, 'C'], [`$$${stream}`, '$metadata']]);
      expect(brief(await readStream(asked, stream))).toEqual(['B@1', 'C@2']);
      expect((await asked.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2 });
    },
  },
  {
    name: 'readAll from a position is inclusive forwards and exclusive backwards',
    async run(asked) {
      const stream = fresh('inclusive');
      const [a, b, c] = await three(asked, stream);
      const own = async (options: Parameters<typeof readAll>[1]) => brief((await readAll(asked, options)).filter(({ event }) => event?.streamId === stream));
      expect(await own({ fromPosition: b })).toEqual(['B@1', 'C@2']);
      expect(await own({ fromPosition: b, maxCount: 1 })).toEqual(['B@1']);
      expect(await own({ fromPosition: b, direction: 'backwards', maxCount: 1 })).toEqual(['A@0']);
      expect(await own({ fromPosition: a, direction: 'backwards', maxCount: 3 })).toEqual([]);
      expect(await own({ fromPosition: c, direction: 'backwards', maxCount: 2 })).toEqual(['B@1', 'A@0']);
    },
  },
  {
    name: 'readAll from a position that is no boundary is refused, and from one beyond the end is empty',
    async run(asked) {
      const [, b, c] = await three(asked, fresh('boundary'));
      if (b === undefined || c === undefined) throw new Error('three events have three positions');
      const invalid = { type: 'unknown', code: 2 };
      expect(await refusal(readAll(asked, { fromPosition: before(b, 7n) }))).toMatchObject(invalid);
      await expect(readAll(asked, { fromPosition: before(b, 7n) })).rejects.toThrow('Unexpected ReadAllResult: InvalidPosition');
      expect(await refusal(readAll(asked, { fromPosition: before(b, 7n), direction: 'backwards' }))).toMatchObject(invalid);
      expect(await readAll(asked, { fromPosition: before(c, -1_000_000_000n) })).toEqual([]);
      expect(await readAll(asked, { fromPosition: 'end' })).toEqual([]);
    },
  },
  {
    name: 'a stream is read both ways, from a revision, as many as asked for',
    async run(asked) {
      const stream = fresh('both-ways');
      await three(asked, stream);
      const read = async (options: Parameters<typeof readStream>[2]) => brief(await readStream(asked, stream, options));
      expect(await read({})).toEqual(['A@0', 'B@1', 'C@2']);
      expect(await read({ fromRevision: 1n })).toEqual(['B@1', 'C@2']);
      expect(await read({ fromRevision: 1n, maxCount: 1 })).toEqual(['B@1']);
      expect(await read({ fromRevision: 1n, direction: 'backwards' })).toEqual(['B@1', 'A@0']);
      expect(await read({ fromRevision: 'end', direction: 'backwards', maxCount: 2 })).toEqual(['C@2', 'B@1']);
      expect(await read({ fromRevision: 9n })).toEqual([]);
      expect(await read({ fromRevision: 9n, direction: 'backwards' })).toEqual(['C@2', 'B@1', 'A@0']);
    },
  },
  {
    name: 'a stream is subscribed to behind a revision',
    async run(asked) {
      const stream = fresh('subscribed');
      await three(asked, stream);
      const heard = Heard.stream(asked, stream, 0n);
      await heard.until('caughtUp');
      await asked.append(stream, 2n, [event('D')]);
      await heard.until('D@3');
      expect(heard.said).toEqual(['confirmation', 'B@1', 'C@2', 'caughtUp', 'D@3']);
      await heard.stop();
    },
  },
  {
    name: 'a subscription to a missing stream is confirmed and caught up, and hears of it when it begins',
    async run(asked) {
      const stream = fresh('missing');
      const heard = Heard.stream(asked, stream, 'start');
      await heard.until('caughtUp');
      await asked.append(stream, 'no_stream', [event('A')]);
      await heard.until('A@0');
      expect(heard.said).toEqual(['confirmation', 'caughtUp', 'A@0']);
      await heard.stop();
    },
  },
  {
    name: 'a missing stream is not found',
    async run(asked) {
      expect(await refusal(readStream(asked, fresh('missing')))).toMatchObject({ type: 'stream-not-found' });
    },
  },
  {
    name: 'a tombstoned stream is deleted for reads, appends and subscriptions, and shows in $all',
    async run(asked) {
      const stream = fresh('tombstone');
      const result = await asked.append(stream, 'no_stream', [event('A')]);
      expect(await refusal(asked.client.tombstoneStream(stream, { expectedRevision: 7n }))).toMatchObject({ type: 'wrong-expected-version', expectedVersion: 7n, actualVersion: 0n });
      await asked.client.tombstoneStream(stream, { expectedRevision: 0n });
      const deleted = { type: 'stream-deleted' };
      expect(await refusal(readStream(asked, stream))).toMatchObject(deleted);
      expect(await refusal(asked.append(stream, 'any', [event('B')]))).toMatchObject(deleted);
      expect(await refusal(asked.append(stream, 0n, [event('B')]))).toMatchObject(deleted);
      expect(await refusal(asked.client.tombstoneStream(stream))).toMatchObject(deleted);
      const heard = Heard.stream(asked, stream, 'start');
      await heard.until('error stream-deleted 9');
      const after = await readAll(asked, { fromPosition: positionIn(result), maxCount: 2 });
      expect(brief(after)).toEqual(['A@0', '$streamDeleted@9223372036854775807']);
    },
  },
  {
    name: 'a subscription to a stream hears of its tombstone and ends',
    async run(asked) {
      const stream = fresh('tombstone-live');
      await asked.append(stream, 'no_stream', [event('A')]);
      const heard = Heard.stream(asked, stream, 'start');
      await heard.until('caughtUp');
      await asked.client.tombstoneStream(stream);
      await heard.until('error stream-deleted 9');
      expect(heard.said).toEqual(['confirmation', 'A@0', 'caughtUp', '$streamDeleted@9223372036854775807', 'error stream-deleted 9']);
    },
  },
  {
    name: 'a soft-deleted stream is not found, and continues its revisions when written again',
    async run(asked) {
      const stream = fresh('soft');
      await asked.append(stream, 'no_stream', [event('A'), event('B')]);
      await asked.client.deleteStream(stream);
      expect(await refusal(readStream(asked, stream))).toMatchObject({ type: 'stream-not-found' });
      const result = await asked.append(stream, 'no_stream', [event('C')]);
      expect(result.nextExpectedRevision).toBe(2n);
      expect(brief(await readOnceThere(asked, stream))).toEqual(['C@2']);
      const after = await readAll(asked, { fromPosition: positionIn(result), maxCount: 2 });
      expect(after.map(({ event }) => [event?.type, event?.data])).toEqual([['C', {}], ['$metadata', { $tb: 2 }]]);
      expect(await refusal(asked.client.deleteStream(fresh('nothing'), { expectedRevision: 'any' }))).toMatchObject({ type: 'wrong-expected-version' });
    },
  },
  {
    name: 'a subscription from a position that is no boundary is refused',
    async run(asked) {
      const [, b] = await three(asked, fresh('no-boundary'));
      if (b === undefined) throw new Error('three events have three positions');
      const heard = Heard.all(asked, before(b, 7n));
      await heard.until('error unknown 3');
      expect(heard.said).toEqual(['confirmation', 'error unknown 3']);
    },
  },
];
