import { describe, expect, it } from '@jest/globals';
import { encodeAppend } from '../encode.js';
import { isLogError } from '../errors.js';
import { NO_STREAM } from '../port.js';
import { APPENDER_LIMITS } from '../postgres/appender.js';
import { EngineAppender, ENGINE_TIMEOUTS } from './engine-appender.js';
import type { EngineAppend, EngineClient } from './engine.js';
import { EngineLink } from './link.js';

const idOf = (index: number): string => `0191f0c8-2f4e-7000-8000-${String(index).padStart(12, '0')}`;
const appendOf = (index: number) => encodeAppend(`goal-${String(index)}`, [{ id: idOf(index), type: 'FactRecorded', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM);
const never = (): never => {
  throw new Error('not asked for here');
};

/** A server that answers no append, and what was sent to it. */
function silent(): { readonly client: EngineClient; readonly sent: EngineAppend[] } {
  const sent: EngineAppend[] = [];
  const append = (one: EngineAppend): Promise<number> => {
    sent.push(one);
    return new Promise(() => undefined);
  };
  const client: EngineClient = { append, readStream: never, readAll: never, subscribe: never, metadataOf: never, describe: never, dispose: () => Promise.resolve() };
  return { client, sent };
}

function appenderTo(client: EngineClient): EngineAppender {
  return new EngineAppender({
    link: new EngineLink(() => Promise.resolve(client)),
    namespace: '',
    limits: APPENDER_LIMITS,
    timeouts: ENGINE_TIMEOUTS,
    gate: () => Promise.resolve({ ordinal: -1, enginePosition: null, recordedAt: null, simulated: false, offsetMs: 0, stepAcceptedAt: null, lease: null, clock: 1_000, known: new Set<string>() }),
    lease: () => null,
    watch: () => ({ within: () => Promise.resolve(null), end: () => undefined }),
    find: () => Promise.resolve(null),
    readBack: () => Promise.resolve({ kind: 'NONE' }),
    trouble: () => null,
  });
}
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'DONE', (error: unknown) => (isLogError(error) ? error.code : error));

describe('appends to an engine', () => {
  it('that wait for a group when the log closes were not sent, and are told so; those that were sent are in doubt', async () => {
    const { client, sent } = silent();
    const appender = appenderTo(client);
    const first = Array.from({ length: 8 }, (_, index) => codeOf(appender.append(appendOf(index), {})));
    while (sent.length < first.length) await new Promise(setImmediate);
    const waiting = codeOf(appender.append(appendOf(8), {}));
    await appender.close();
    expect(await Promise.all(first)).toEqual(Array.from(first, () => 'OutcomeUnknown'));
    expect(await waiting).toBe('Unavailable');
    expect(sent).toHaveLength(first.length);
  });
});
