import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { encodeAppend } from '../encode.js';
import { isLogError, LogError } from '../errors.js';
import { NO_STREAM } from '../port.js';
import { APPENDER_LIMITS } from '../postgres/appender.js';
import { digestOf } from './append-digest.js';
import { EngineAppender, type EngineAppenderPorts } from './engine-appender.js';
import { ENGINE_TIMEOUTS } from './engine-timeouts.js';
import type { EngineAppend, EngineClient } from './engine.js';
import { EngineLink } from './link.js';
import type { Gate } from './order-index.js';
import type { Found } from './read-back.js';

const idOf = (index: number): string => `0191f0c8-2f4e-7000-8000-${String(index).padStart(12, '0')}`;
const appendOf = (index: number) => encodeAppend(`goal-${String(index)}`, [{ id: idOf(index), type: 'FactRecorded', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM);
const never = (): never => {
  throw new Error('not asked for here');
};

/** A server, what it makes of the appends it is sent, one after another, and what it was sent. After the last it is silent. */
function server(...answers: readonly (() => Promise<number>)[]): { readonly sent: EngineAppend[]; readonly connections: () => number; readonly link: EngineLink } {
  const sent: EngineAppend[] = [];
  let connections = 0;
  const append = (one: EngineAppend): Promise<number> => {
    sent.push(one);
    return answers[sent.length - 1]?.() ?? new Promise(() => undefined);
  };
  const client = (): EngineClient => ({ append, readStream: never, readAll: never, subscribe: never, metadataOf: never, describe: never, dispose: () => Promise.resolve() });
  const connect = (): Promise<EngineClient> => {
    connections += 1;
    return Promise.resolve(client());
  };
  return { sent, connections: () => connections, link: new EngineLink(connect) };
}
const refuses = (error: object) => (): Promise<number> => Promise.reject(Object.assign(new Error('no'), error));
const DENIED = refuses({ type: 'access-denied', code: 7 });
const LOST = refuses({ code: 14 });

const GATE = { ordinal: -1, enginePosition: null, recordedAt: null, simulated: false, offsetMs: 0, stepAcceptedAt: null, lease: null, clock: 1_000, known: new Set<string>() };
function appenderTo(link: EngineLink, ports: Partial<EngineAppenderPorts> = {}): EngineAppender {
  return new EngineAppender({
    link,
    namespace: '',
    limits: APPENDER_LIMITS,
    timeouts: ENGINE_TIMEOUTS,
    gate: () => Promise.resolve(GATE),
    lease: () => null,
    watch: () => ({ within: () => Promise.resolve(null), end: () => undefined }),
    find: () => Promise.resolve(null),
    readBack: () => Promise.resolve({ kind: 'NONE', isTaken: false }),
    trouble: () => null,
    ...ports,
  });
}
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'DONE', (error: unknown) => (isLogError(error) ? error.code : error));

describe('appends to an engine', () => {
  it('that wait for a group when the log closes were not sent, and are told so; those that were sent are in doubt', async () => {
    const { link, sent } = server();
    const appender = appenderTo(link);
    const first = Array.from({ length: 8 }, (_, index) => codeOf(appender.append(appendOf(index), {})));
    while (sent.length < first.length) await new Promise(setImmediate);
    const waiting = codeOf(appender.append(appendOf(8), {}));
    await appender.close();
    expect(await Promise.all(first)).toEqual(Array.from(first, () => 'OutcomeUnknown'));
    expect(await waiting).toBe('Unavailable');
    expect(sent).toHaveLength(first.length);
  });

  it('that the server refuses once they are in doubt are not said to be refused', async () => {
    const denied = server(LOST, DENIED);
    expect(await codeOf(appenderTo(denied.link).append(appendOf(0), {}))).toBe('OutcomeUnknown');
    const landed = server(LOST, DENIED);
    const readBack = (): Promise<Found> => Promise.resolve({ kind: 'SAME', place: { ordinal: 3, recordedAt: 5, id: idOf(0), digest: null } });
    expect(await appenderTo(landed.link, { readBack }).append(appendOf(0), {})).toEqual({ revision: 0, position: 3, recordedAt: 5 });
    expect(await codeOf(appenderTo(server(DENIED).link).append(appendOf(0), {}))).toBe('Unauthorized');
  });

  it('that were sent and cannot be read back are in doubt, whatever the reason', async () => {
    const ending = new AbortController();
    const readBack = (): Promise<Found> => {
      // Else it would be tried again, up to the deadline.
      ending.abort();
      return Promise.reject(new LogError('Unauthorized', 'the database refuses the login'));
    };
    expect(await codeOf(appenderTo(server(() => Promise.resolve(0)).link, { readBack }).append(appendOf(0), { signal: ending.signal }))).toBe('OutcomeUnknown');
  });

  it('that the server says are done, and does not show, are in doubt', async () => {
    const ending = new AbortController();
    const readBack = (): Promise<Found> => {
      ending.abort();
      return Promise.resolve({ kind: 'NONE', isTaken: false });
    };
    expect(await codeOf(appenderTo(server(() => Promise.resolve(0)).link, { readBack }).append(appendOf(0), { signal: ending.signal }))).toBe('OutcomeUnknown');
  });

  it('that stand in the log are answered, with their place or without it, and are in doubt where they cannot be read', async () => {
    const gate = (): Promise<Gate> => Promise.resolve({ ...GATE, known: new Set([idOf(0)]) });
    const { link, sent } = server();
    const answers: readonly (() => Promise<Found>)[] = [() => Promise.resolve({ kind: 'SAME', place: null }), () => Promise.reject(new LogError('Unavailable', 'not now')), () => Promise.resolve({ kind: 'OTHER' })];
    const outcomes = [];
    for (const readBack of answers) outcomes.push(await appenderTo(link, { gate, readBack }).append(appendOf(0), {}).catch((error: unknown) => (isLogError(error) ? error.code : error)));
    expect(outcomes).toEqual([expect.objectContaining({ revision: 0, position: null }), 'OutcomeUnknown', 'DuplicateMismatch']);
    expect(sent).toEqual([]);
  });

  it('whose time is over before they are sent are not sent', async () => {
    const { link, sent } = server();
    const gate = async (): Promise<Gate> => {
      await delay(20);
      return GATE;
    };
    expect(await codeOf(appenderTo(link, { gate }).append(appendOf(0), { deadlineMs: 10 }))).toBe('Unavailable');
    expect(sent).toEqual([]);
  });

  it('that had less time than an attempt may take give up no connection that others use', async () => {
    const short = server();
    const timeouts = { ...ENGINE_TIMEOUTS, attemptMs: 60_000 };
    expect(await codeOf(appenderTo(short.link, { timeouts }).append(appendOf(0), { deadlineMs: 3_000 }))).toBe('OutcomeUnknown');
    await short.link.client();
    expect(short.connections()).toBe(1);
    const long = server();
    expect(await codeOf(appenderTo(long.link, { timeouts: { ...timeouts, attemptMs: 10 } }).append(appendOf(0), { deadlineMs: 3_000 }))).toBe('OutcomeUnknown');
    await long.link.client();
    expect(long.connections()).toBeGreaterThan(1);
  });

  it('to a simulated log are dated in whole milliseconds', async () => {
    const { link, sent } = server();
    const gate = (): Promise<Gate> => Promise.resolve({ ...GATE, simulated: true, lease: 'mine' });
    for (const simulatedNow of [1.5, NaN, Infinity]) expect(await codeOf(appenderTo(link, { gate, lease: () => 'mine' }).append(appendOf(0), { simulatedNow }))).toBe('InvalidEvent');
    expect(sent).toEqual([]);
  });

  it('that the server refuses for what it does not show yet are looked for again: it may be themselves', async () => {
    const conflict = refuses({ type: 'wrong-expected-version', actualVersion: 0n });
    const answers: Found[] = [{ kind: 'NONE', isTaken: false }, { kind: 'SAME', place: { ordinal: 3, recordedAt: 5, id: idOf(0), digest: null } }];
    const readBack = (): Promise<Found> => Promise.resolve(answers.shift() ?? never());
    expect(await appenderTo(server(conflict, conflict).link, { readBack }).append(appendOf(0), {})).toMatchObject({ revision: 0, position: 3 });
    const taken = (): Promise<Found> => Promise.resolve({ kind: 'NONE', isTaken: true });
    expect(await codeOf(appenderTo(server(conflict).link, { readBack: taken }).append(appendOf(0), {}))).toBe('RevisionConflict');
  });

  it('that the server says are done are known by their digest in the index, and read back only without it', async () => {
    const done = (): Promise<number> => Promise.resolve(0);
    const watch = (digest: string | null): EngineAppenderPorts['watch'] => () => ({ within: () => Promise.resolve({ ordinal: 3, recordedAt: 5, id: idOf(0), digest }), end: () => undefined });
    const place = { revision: 0, position: 3, recordedAt: 5 };
    expect(await appenderTo(server(done).link, { watch: watch(digestOf(appendOf(0))), readBack: never }).append(appendOf(0), {})).toEqual(place);
    let readings = 0;
    const readBack = (kind: 'SAME' | 'OTHER') => (): Promise<Found> => {
      readings += 1;
      return Promise.resolve(kind === 'SAME' ? { kind, place: null } : { kind });
    };
    expect(await appenderTo(server(done).link, { watch: watch(null), readBack: readBack('SAME') }).append(appendOf(0), {})).toEqual(place);
    expect(await codeOf(appenderTo(server(done).link, { watch: watch(digestOf(appendOf(1))), readBack: readBack('OTHER') }).append(appendOf(0), {}))).toBe('DuplicateMismatch');
    expect(readings).toBe(2);
  });

  it('to a server that is frozen end within 5 s, in doubt', async () => {
    // By fake time, which passes only while something waits for it: however busy the machine is.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const begun = Date.now();
      let outcome: unknown;
      void codeOf(appenderTo(server().link).append(appendOf(0), {})).then((code) => (outcome = code));
      while (outcome === undefined) {
        await new Promise(setImmediate);
        if (jest.getTimerCount() > 0) jest.advanceTimersByTime(50);
      }
      expect(outcome).toBe('OutcomeUnknown');
      expect(Date.now() - begun).toBeLessThan(5_000);
    } finally {
      jest.useRealTimers();
    }
  });
});
