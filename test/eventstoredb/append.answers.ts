import { expect } from '@jest/globals';
import { binaryEvent, jsonEvent, type EventData } from '@eventstore/db-client';
import { brief, event, fresh, positionIn, readStream, refusal, type AnswerCase } from './answers.js';

const WRONG_VERSION = 'wrong-expected-version';
const KIB = 1024;

/** Append and idempotency. */
export const APPEND_ANSWERS: readonly AnswerCase[] = [
  {
    name: 'the same ids at the same expectation succeed again with the first revision and position',
    async run(asked) {
      const stream = fresh('repeat');
      const events = [event('A'), event('B')];
      const first = await asked.append(stream, 'no_stream', events);
      expect(await asked.append(stream, 'no_stream', events)).toEqual(first);
      await asked.append(stream, 1n, [event('C')]);
      expect(await asked.append(stream, 'no_stream', events)).toEqual(first);
      expect(brief(await readStream(asked, stream))).toEqual(['A@0', 'B@1', 'C@2']);
    },
  },
  {
    name: 'the same ids without a revision succeed again with the first revision and position',
    async run(asked) {
      const stream = fresh('repeat-any');
      const events = [event('A'), event('B')];
      const first = await asked.append(stream, 'any', events);
      await asked.append(stream, 'any', [event('C')]);
      expect(await asked.append(stream, 'any', events)).toEqual(first);
      expect(await asked.append(stream, 'stream_exists', events)).toEqual(first);
      expect(await refusal(asked.append(stream, 'any', [...events, event('D')]))).toMatchObject({ type: WRONG_VERSION });
    },
  },
  {
    name: 'a prefix of an earlier append at its expectation succeeds with the revision and position of the prefix',
    async run(asked) {
      const stream = fresh('prefix');
      const [a, b] = [event('A'), event('B')];
      await asked.append(stream, 'no_stream', [a, b]);
      const [first] = await readStream(asked, stream);
      const again = await asked.append(stream, 'no_stream', [a]);
      expect(again).toEqual({ success: true, nextExpectedRevision: 0n, position: first?.event?.position });
    },
  },
  {
    name: 'a tail of an earlier append at the revision before it succeeds',
    async run(asked) {
      const stream = fresh('tail');
      const [a, b] = [event('A'), event('B')];
      const first = await asked.append(stream, 'no_stream', [a, b]);
      expect(await asked.append(stream, 0n, [b])).toEqual(first);
    },
  },
  {
    name: 'a superset of an earlier append, and its ids reordered, are refused',
    async run(asked) {
      const stream = fresh('superset');
      const [a, b] = [event('A'), event('B')];
      await asked.append(stream, 'no_stream', [a, b]);
      const wrong = { type: WRONG_VERSION, expectedVersion: 'no_stream', actualVersion: 1n };
      expect(await refusal(asked.append(stream, 'no_stream', [a, b, event('C')]))).toMatchObject(wrong);
      expect(await refusal(asked.append(stream, 'no_stream', [b, a]))).toMatchObject(wrong);
      expect(brief(await readStream(asked, stream))).toEqual(['A@0', 'B@1']);
    },
  },
  {
    name: 'the same ids with another payload succeed and leave the first bytes',
    async run(asked) {
      const stream = fresh('payload');
      const first = event('A', { kept: true });
      const result = await asked.append(stream, 'no_stream', [first]);
      const other = jsonEvent({ id: first.id, type: 'B', data: { kept: false } });
      expect(await asked.append(stream, 'no_stream', [other])).toEqual(result);
      const [read] = await readStream(asked, stream);
      expect(read?.event).toMatchObject({ type: 'A', data: { kept: true } });
    },
  },
  {
    name: 'an id written to another stream is a second event with that id',
    async run(asked) {
      const [one, two] = [fresh('one'), fresh('two')];
      const shared = event('A');
      await asked.append(one, 'no_stream', [shared]);
      await asked.append(two, 'no_stream', [shared]);
      const [first] = await readStream(asked, one);
      const [second] = await readStream(asked, two);
      expect(second?.event?.id).toBe(first?.event?.id);
      expect(second?.event?.position).not.toEqual(first?.event?.position);
    },
  },
  {
    name: 'an id twice in one append is two events',
    async run(asked) {
      const stream = fresh('twice');
      const a = event('A');
      await asked.append(stream, 'no_stream', [a, a]);
      expect(brief(await readStream(asked, stream))).toEqual(['A@0', 'A@1']);
    },
  },
  {
    name: 'of fifty writers at one revision one succeeds',
    async run(asked) {
      const stream = fresh('fifty');
      const writers = Array.from({ length: 50 }, () => asked.append(stream, 'no_stream', [event('A')]));
      const settled = await Promise.allSettled(writers);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = settled.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []));
      for (const reason of refused) expect(reason).toMatchObject({ type: WRONG_VERSION, actualVersion: 0n });
    },
  },
  {
    name: 'a future and a stale revision are refused with what was expected and what is',
    async run(asked) {
      const stream = fresh('revisions');
      expect(await refusal(asked.append(stream, 3n, [event('A')]))).toMatchObject({ type: WRONG_VERSION, expectedVersion: 3n, actualVersion: 'no_stream' });
      expect(await refusal(asked.append(stream, 'stream_exists', [event('A')]))).toMatchObject({ type: WRONG_VERSION, expectedVersion: 'stream_exists' });
      await asked.append(stream, 'no_stream', [event('A'), event('B'), event('C')]);
      expect(await refusal(asked.append(stream, 9n, [event('D')]))).toMatchObject({ type: WRONG_VERSION, expectedVersion: 9n, actualVersion: 2n });
      expect(await refusal(asked.append(stream, 0n, [event('D')]))).toMatchObject({ type: WRONG_VERSION, expectedVersion: 0n, actualVersion: 2n });
      expect(await refusal(asked.append(stream, 'no_stream', [event('D')]))).toMatchObject({ type: WRONG_VERSION, expectedVersion: 'no_stream', actualVersion: 2n });
    },
  },
  {
    name: 'five thousand events fit into one append',
    async run(asked) {
      const stream = fresh('many');
      const result = await asked.append(stream, 'no_stream', Array.from({ length: 5000 }, () => event('A')));
      expect(result.nextExpectedRevision).toBe(4999n);
      const [last] = await readStream(asked, stream, { fromRevision: 'end', direction: 'backwards', maxCount: 1 });
      expect(last?.event?.position).toEqual(positionIn(result));
    },
  },
  {
    name: 'the bound of an append is a mebibyte of payloads: 1,020 KiB fit, 1,030 KiB do not',
    async run(asked) {
      const stream = fresh('bytes');
      const parts = (kib: number): EventData[] => Array.from({ length: kib / 10 }, () => binaryEvent({ type: 'A', data: new Uint8Array(10 * KIB) }));
      await asked.append(stream, 'no_stream', parts(1020));
      expect(await refusal(asked.append(stream, 'any', parts(1030)))).toMatchObject({ type: 'maximum-append-size-exceeded' });
      expect(await refusal(asked.append(stream, 'any', [binaryEvent({ type: 'A', data: new Uint8Array(KIB * KIB + 1) })]))).toMatchObject({ type: 'maximum-append-size-exceeded' });
      await asked.append(stream, 'any', [binaryEvent({ type: 'A', data: new Uint8Array(KIB * KIB) })]);
    },
  },
  {
    name: 'names and metadata do not count towards the bound',
    async run(asked) {
      const metadata = { filler: 'x'.repeat(KIB * KIB) };
      await asked.append(fresh('metadata'), 'no_stream', [jsonEvent({ type: 'A', data: {}, metadata })]);
    },
  },
  {
    name: 'a stream named with a dollar sign is written',
    async run(asked) {
      await expect(asked.append(fresh('$assay'), 'no_stream', [event('A')])).resolves.toMatchObject({ success: true });
    },
  },
  {
    name: 'unicode names, types and bodies and binary bytes come back as sent, and -0 as 0',
    async run(asked) {
      const stream = fresh('评估-é-🌿');
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const json = jsonEvent({ type: 'Tÿp-型', data: { text: 'é🌿\u0001', zero: -0, big: 1e21 }, metadata: { by: 'å' } });
      await asked.append(stream, 'no_stream', [json, binaryEvent({ type: 'Bytes', data: bytes, metadata: bytes })]);
      const [first, second] = await readStream(asked, stream);
      expect(first?.event).toMatchObject({ streamId: stream, type: 'Tÿp-型', isJson: true, metadata: { by: 'å' } });
      expect(first?.event?.data).toEqual({ text: 'é🌿\u0001', zero: 0, big: 1e21 });
      expect(second?.event?.isJson).toBe(false);
      for (const read of [second?.event?.data, second?.event?.metadata]) {
        if (!(read instanceof Uint8Array)) throw new Error('binary bytes come back as bytes');
        expect(Buffer.from(read)).toEqual(Buffer.from(bytes));
      }
    },
  },
];
