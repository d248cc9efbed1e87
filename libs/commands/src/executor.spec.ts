import { describe, expect, it } from '@jest/globals';
import { accept, allow, defineCommands, FORBIDDEN, OWN_CASE, reject, type Decision, type Principal, type Recorded } from '@assay/domain';
import { LogError, NO_STREAM } from '@assay/event-log';
import { z } from 'zod';
import { Executor, type DomainLog, type OutgoingEvent } from './executor.js';
import type { Finder } from './finder.js';
import { asHandler, type AnyHandler } from './handler.js';
import type { CommandMessage, CommandOutcome } from './outcome.js';

const LOG_ID = '11111111-1111-4111-8111-111111111111';
const ALICE: Principal = { personId: 'alice', roles: new Set(['HR']), manages: new Set(), heads: new Set(), seats: new Set() };
const MALLORY: Principal = { ...ALICE, personId: 'mallory', roles: new Set(['EMPLOYEE']) };

type Fault = 'CONFLICT' | 'UNKNOWN_LANDED' | 'UNKNOWN_LOST';

/** A log in memory whose next appends can be made to fail in the ways an engine fails. */
class ScriptedLog implements DomainLog {
  readonly logId = LOG_ID;
  readonly events: Recorded[] = [];
  readonly faults: Fault[] = [];
  append(stream: string, events: readonly OutgoingEvent[], expected: typeof NO_STREAM | number): Promise<{ revision: number; position: number; cursor: string; recordedAt: number }> {
    const fault = this.faults.shift();
    const before = this.events.filter((event) => event.stream === stream).length;
    const wanted = expected === NO_STREAM ? 0 : expected + 1;
    if (fault === 'CONFLICT' || before !== wanted) return Promise.reject(new LogError('RevisionConflict', 'moved', { expected, actual: before - 1 }));
    if (fault === 'UNKNOWN_LOST') return Promise.reject(new LogError('OutcomeUnknown', 'no reply'));
    for (const [index, event] of events.entries()) this.events.push({ ...event, stream, revision: before + index, position: this.events.length, schemaVersion: 1, recordedAt: 0 });
    if (fault === 'UNKNOWN_LANDED') return Promise.reject(new LogError('OutcomeUnknown', 'no reply'));
    return Promise.resolve({ revision: before + events.length - 1, position: this.events.length - 1, cursor: '', recordedAt: 0 });
  }
  readStream(stream: string, { from }: { readonly from: number }): Promise<readonly Recorded[]> {
    const found = this.events.filter((event) => event.stream === stream && event.revision >= from);
    return from === 0 && found.length === 0 ? Promise.reject(new LogError('StreamNotFound', stream)) : Promise.resolve(found);
  }
  head(): Promise<{ position: number; cursor: string; recordedAt: number | null }> {
    return Promise.resolve({ position: this.events.length - 1, cursor: '', recordedAt: null });
  }
  now(): Promise<number> {
    return Promise.resolve(0);
  }
}

type CounterEvent = { readonly type: 'Counted'; readonly data: { readonly by: number } } | { readonly type: 'Closed'; readonly data: Readonly<Record<string, never>> };
interface Counter {
  readonly sum: number;
}
const counterCommands = defineCommands({
  Begin: { doc: 'Begin.', input: z.strictObject({ by: z.int() }), creates: true },
  Count: { doc: 'Count.', input: z.strictObject({ by: z.int() }) },
  Explain: { doc: 'Count with a reason.', input: z.strictObject({ by: z.int() }), reason: 'required' },
  Tick: { doc: 'Count by a timer.', input: z.strictObject({ by: z.int() }), system: true },
});
interface CounterCommand {
  readonly type: string;
  readonly data: { readonly by: number };
}

const counter: AnyHandler = asHandler<Counter, CounterCommand, object, CounterEvent>({
  aggregate: 'counter',
  commands: counterCommands,
  fold: { initial: { sum: 0 }, evolve: (state, event) => (event.type === 'Counted' ? { sum: state.sum + (event.data as { by: number }).by } : state) },
  stream: (message, ids) => `counter-${message.type === 'Begin' ? ids.fresh : (message.id ?? '')}`,
  world: () => Promise.resolve({}),
  mayRead: ({ personId }) => personId !== 'eve',
  may: ({ roles, personId }, { data }) => (personId === 'alice' && data.by === 13 ? OWN_CASE : roles.has('HR') ? allow('HR') : FORBIDDEN),
  decide: (state, { data }): Decision<CounterEvent> => {
    if (state.sum + data.by > 100) return reject('TOO_OFTEN');
    if (data.by === 0) return accept();
    return state.sum + data.by === 100 ? accept<CounterEvent>({ type: 'Counted', data }, { type: 'Closed', data: {} }) : accept<CounterEvent>({ type: 'Counted', data });
  },
  systemTypes: new Set(['Closed']),
});
// This executor's handler asks no finder.
const NO_FINDER = {} as Finder;
const COMPANY: AnyHandler = { ...counter, aggregate: 'company', commands: {}, fold: { initial: {}, evolve: (state, { type }) => (type === 'LogClosed' ? { status: 'CLOSED' } : type === 'LogReopened' ? {} : state) } };

const setUp = (): { log: ScriptedLog; execute: (message: Partial<CommandMessage>) => Promise<CommandOutcome> } => {
  const log = new ScriptedLog();
  const executor = new Executor(log, [counter, COMPANY], NO_FINDER);
  return { log, execute: (message) => executor.execute({ aggregate: 'counter', type: 'Begin', data: { by: 1 }, commandId: 'c1', issuer: ALICE, ...message }) };
};
const streamOf = (outcome: CommandOutcome): string => ('accepted' in outcome ? outcome.accepted.stream.replace('counter-', '') : '');

describe('a command', () => {
  it('is appended once, and answered alike when it comes again, whatever the rules say by then', async () => {
    const { log, execute } = setUp();
    const id = streamOf(await execute({}));
    const first = await execute({ type: 'Count', id, data: { by: 99 }, commandId: 'c2' });
    const again = await execute({ type: 'Count', id, data: { by: 99 }, commandId: 'c2' });
    expect(first).toMatchObject({ accepted: { revision: 2, position: 2, repeated: false } });
    expect(again).toMatchObject({ accepted: { revision: 2, position: 2, repeated: true } });
    expect(log.events).toHaveLength(3);
    expect(await execute({ type: 'Count', id, data: { by: 99 }, commandId: 'c3' })).toEqual({ rejection: reject('TOO_OFTEN') });
  });

  it('makes the same stream and the same event ids when it is sent twice', async () => {
    const one = setUp();
    const two = setUp();
    await one.execute({});
    await two.execute({});
    expect(one.log.events).toEqual(two.log.events);
    await one.execute({ commandId: 'c2' });
    expect(one.log.events[1]?.stream).not.toBe(one.log.events[0]?.stream);
  });

  it('is refused where its id was used for another command', async () => {
    const { execute } = setUp();
    const id = streamOf(await execute({}));
    await execute({ type: 'Count', id, commandId: 'c2' });
    await expect(execute({ type: 'Count', id, data: { by: 2 }, commandId: 'c2' })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  it('is decided anew after a conflict, at most three times', async () => {
    const { log, execute } = setUp();
    log.faults.push('CONFLICT', 'CONFLICT');
    expect(await execute({})).toMatchObject({ accepted: { revision: 0 } });
    log.faults.push('CONFLICT', 'CONFLICT', 'CONFLICT', 'CONFLICT');
    await expect(execute({ commandId: 'c2' })).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE' });
  });

  it('that may have landed is looked for before anything is said', async () => {
    const { log, execute } = setUp();
    log.faults.push('UNKNOWN_LANDED');
    expect(await execute({})).toMatchObject({ accepted: { revision: 0, repeated: true } });
    log.faults.push('UNKNOWN_LOST');
    await expect(execute({ commandId: 'c2' })).rejects.toMatchObject({ code: 'OutcomeUnknown' });
    expect(await execute({ commandId: 'c2' })).toMatchObject({ accepted: { revision: 0, repeated: false } });
  });

  it('with a stale expected revision is not decided anew', async () => {
    const { execute } = setUp();
    const id = streamOf(await execute({}));
    await execute({ type: 'Count', id, commandId: 'c2', expectedRevision: 0 });
    await expect(execute({ type: 'Count', id, commandId: 'c3', expectedRevision: 0 })).rejects.toMatchObject({ code: 'CONCURRENT_CHANGE', facts: { expected: 0, actual: 1 } });
  });

  it('on what does not exist and on what may not be read is answered in the same words', async () => {
    const { execute } = setUp();
    const id = streamOf(await execute({}));
    const absent = await execute({ type: 'Count', id: 'x', commandId: 'c2' }).catch((error: unknown) => error);
    const hidden = await execute({ type: 'Count', id, commandId: 'c2', issuer: { ...MALLORY, personId: 'eve' } }).catch((error: unknown) => error);
    expect(absent).toEqual(hidden);
    expect(absent).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is forbidden before rules are looked at, an own case a rule, and a missing reason another', async () => {
    const { execute } = setUp();
    const id = streamOf(await execute({}));
    await expect(execute({ type: 'Count', id, data: { by: 1000 }, commandId: 'c2', issuer: MALLORY })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await execute({ type: 'Count', id, data: { by: 13 }, commandId: 'c3' })).toEqual({ rejection: reject('OWN_CASE') });
    expect(await execute({ type: 'Explain', id, commandId: 'c4' })).toEqual({ rejection: reject('REASON_MISSING') });
    await expect(execute({ type: 'Tick', id, commandId: 'c5' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await execute({ type: 'Tick', id, commandId: 'c6', issuer: 'SYSTEM' })).toMatchObject({ accepted: { revision: 1 } });
  });

  it('that changes nothing appends nothing and leaves nothing behind', async () => {
    const { log, execute } = setUp();
    const id = streamOf(await execute({}));
    expect(await execute({ type: 'Count', id, data: { by: 0 }, commandId: 'c2' })).toMatchObject({ accepted: { revision: 0, repeated: false } });
    expect(log.events).toHaveLength(1);
  });

  it('is refused in a closed log by the rule, one that was taken before is answered as ever, and after reopening it is taken', async () => {
    const { log, execute } = setUp();
    const id = streamOf(await execute({}));
    const happens = (type: string) => log.append('company', [{ id: type, type, data: {}, meta: { actor: 'alice', authority: 'ADMIN', commandId: type, commandDigest: '', correlationId: '' } }], type === 'LogClosed' ? NO_STREAM : 0);
    await happens('LogClosed');
    expect(await execute({ type: 'Count', id, commandId: 'c2' })).toEqual({ rejection: reject('LOG_CLOSED') });
    expect(await execute({ type: 'Tick', id, commandId: 'c3', issuer: 'SYSTEM' })).toEqual({ rejection: reject('LOG_CLOSED') });
    await expect(execute({ type: 'Count', id, commandId: 'c2', issuer: MALLORY })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await execute({})).toMatchObject({ accepted: { repeated: true } });
    await happens('LogReopened');
    expect(await execute({ type: 'Count', id, commandId: 'c2' })).toMatchObject({ accepted: { revision: 1 } });
  });

  it('says who acted, by what authority, and what SYSTEM appended with it', async () => {
    const { log, execute } = setUp();
    await execute({ data: { by: 100 } });
    expect(log.events.map(({ type, meta }) => [type, meta.actor, meta.authority, meta.rootActor])).toEqual([
      ['Counted', 'alice', 'HR', undefined],
      ['Closed', 'SYSTEM', 'SYSTEM', 'alice'],
    ]);
  });
});
