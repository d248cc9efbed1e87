import { expect, jest } from '@jest/globals';
import { EventStoreDBClient, type AppendResult } from '@eventstore/db-client';
import { Heard, brief, event, readAll, readStream, refusal, told, type AnswerCase, type Asked } from './answers.js';
import { EventStoreDouble, type UrlOptions } from './double.js';

const FAULT = 'it needs a fault';
const OTHER_SERVER = 'it needs a server with TLS';
const STREAM = 'faults';

function doubleOf({ double }: Asked): EventStoreDouble {
  if (double === null) throw new Error('the case is the double\'s only');
  return double;
}

/** Another client of the same server, which finds out within a moment that nobody answers, and has no other deadline. */
function impatient(asked: Asked): Asked {
  const endpoint = `127.0.0.1:${doubleOf(asked).port}`;
  // The client warns of an interval so short.
  const warn = jest.spyOn(console, 'warn').mockReturnValue();
  const client = new EventStoreDBClient({ endpoint, keepAliveInterval: 200, keepAliveTimeout: 100, defaultDeadline: 60_000 }, { insecure: true });
  warn.mockRestore();
  return { ...asked, client, append: (stream, expectedRevision, events) => client.appendToStream(stream, [...events], { expectedRevision }) };
}

/** A server over TLS, and a client that connects to it so. */
async function overTls(options: UrlOptions, check: (asked: Asked) => Promise<void>): Promise<void> {
  const double = await EventStoreDouble.start({ tls: true });
  const client = EventStoreDBClient.connectionString`${double.urlFor(options)}`;
  const append: Asked['append'] = (stream, expectedRevision, events) => client.appendToStream(stream, [...events], { expectedRevision });
  try {
    await check({ client, double, append });
  } finally {
    await client.dispose();
    await double.close();
  }
}

async function subscriptionError(asked: Asked): Promise<string | undefined> {
  const heard = Heard.all(asked, 'start');
  await heard.failed();
  return heard.said.at(-1);
}

/** Faults, and what the client makes of them. */
export const FAULT_ANSWERS: readonly AnswerCase[] = [
  {
    name: 'a killed server: one error for a subscription and then silence, code 14 for appends until it is back',
    doubleOnly: FAULT,
    async run(asked) {
      const double = doubleOf(asked);
      const heard = Heard.all(asked, 'end');
      await heard.until('caughtUp');
      await asked.append(STREAM, 'no_stream', [event('Before')]);
      await heard.until('Before@0');
      await double.stop();
      await heard.until('error unavailable 14');
      const refused = await asked.append(STREAM, 0n, [event('During')]).catch((error: unknown) => error);
      expect(told(refused)).toEqual({ code: 14 });
      await double.start();
      const result = await asked.append(STREAM, 0n, [event('After')]);
      expect(result.nextExpectedRevision).toBe(1n);
      expect(heard.said).toEqual(['confirmation', 'caughtUp', 'Before@0', 'error unavailable 14']);
      expect(brief(await readStream(asked, STREAM))).toEqual(['Before@0', 'After@1']);
    },
  },
  {
    name: 'a frozen server with a new connection: appends hang without an error and succeed when it thaws',
    doubleOnly: FAULT,
    async run(asked) {
      const double = doubleOf(asked);
      double.freeze();
      let settled = 0;
      const pending: Promise<AppendResult>[] = [0, 1, 2].map((index) => asked.append(`${STREAM}-${index}`, 'no_stream', [event('A')]));
      for (const append of pending) void append.finally(() => (settled += 1));
      await double.frozenBytes();
      expect(settled).toBe(0);
      double.thaw();
      for (const { nextExpectedRevision } of await Promise.all(pending)) expect(nextExpectedRevision).toBe(0n);
    },
  },
  {
    name: 'a frozen server with an open connection: pending appends and subscriptions fail together once keep-alive gives up',
    doubleOnly: FAULT,
    async run(asked) {
      const double = doubleOf(asked);
      const other = impatient(asked);
      const heard = Heard.all(other, 'end');
      await heard.until('caughtUp');
      await other.append(STREAM, 'no_stream', [event('Before')]);
      double.freeze();
      const pending = [1, 2, 3].map((index) => refusal(other.append(`${STREAM}-${index}`, 'no_stream', [event('A')])));
      for (const refused of await Promise.all(pending)) expect(refused).toMatchObject({ type: 'unavailable', code: 14 });
      await heard.until('error unavailable 14');
      double.thaw();
      await other.client.dispose();
    },
  },
  {
    name: 'a restarted server has the log it had',
    doubleOnly: FAULT,
    async run(asked) {
      await asked.append(STREAM, 'no_stream', [event('A')]);
      const before = await readAll(asked);
      await doubleOf(asked).stop();
      await doubleOf(asked).start();
      expect(await readAll(impatient(asked))).toEqual(before);
    },
  },
  {
    name: 'with credentials and the authority, everything is answered over TLS',
    doubleOnly: OTHER_SERVER,
    run: () =>
      overTls({}, async (asked) => {
        await asked.append(STREAM, 'no_stream', [event('A')]);
        await asked.client.appendToStream(STREAM, [event('B')], { credentials: { username: 'ops', password: 'changeit' } });
        expect(brief(await readStream(asked, STREAM))).toEqual(['A@0', 'B@1']);
      }),
  },
  {
    name: 'over TLS a wrong password is denied with code 16: append, read and subscription',
    doubleOnly: OTHER_SERVER,
    run: () =>
      overTls({ credentials: 'admin:wrong' }, async (asked) => {
        const denied = { type: 'access-denied', code: 16 };
        expect(await refusal(asked.append(STREAM, 'any', [event('A')]))).toEqual(denied);
        expect(await refusal(readAll(asked))).toEqual(denied);
        expect(await subscriptionError(asked)).toBe('error access-denied 16');
      }),
  },
  {
    name: 'over TLS nobody is denied: reads and subscriptions with code 7, batch append without a code',
    doubleOnly: OTHER_SERVER,
    run: () =>
      overTls({ credentials: null }, async (asked) => {
        expect(await refusal(asked.append(STREAM, 'any', [event('A')]))).toEqual({ type: 'access-denied' });
        expect(await refusal(readAll(asked))).toEqual({ type: 'access-denied', code: 7 });
        expect(await subscriptionError(asked)).toBe('error access-denied 7');
      }),
  },
  ...[
    { name: 'TLS without the authority', options: { authority: false }, cause: /self-signed certificate|unable to verify/ },
    { name: 'plain text to a server with TLS', options: { tls: false, credentials: null }, cause: /Failed to connect|connection|socket|protocol/i },
  ].map(({ name, options, cause }): AnswerCase => ({
    name: `${name} looks like a server that is down: a plain error with code 14 for an append, and the cause in the message only`,
    doubleOnly: OTHER_SERVER,
    run: () =>
      overTls(options, async (asked) => {
        const append = asked.append(STREAM, 'any', [event('A')]);
        expect(await refusal(append)).toEqual({ code: 14 });
        await expect(append).rejects.toThrow(cause);
        expect(await refusal(readAll(asked))).toEqual({ type: 'unavailable', code: 14 });
      }),
  })),
];
