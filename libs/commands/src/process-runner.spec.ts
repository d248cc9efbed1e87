import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@assay/domain';
import type { Executor } from './executor.js';
import type { Finder } from './finder.js';
import { memoryProcessStore } from './memory-process-store.js';
import type { CommandMessage, CommandOutcome } from './outcome.js';
import { ProcessRunner, type ProcessRunnerOptions } from './process-runner.js';
import type { ParkedWork, ProcessManager, ProcessStore, Timer } from './process.js';

const LOG_ID = '11111111-1111-4111-8111-111111111111';
const event = (position: number, key: string): Recorded => ({
  id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
  stream: `thing-${key}`,
  revision: 0,
  position,
  type: 'Happened',
  schemaVersion: 1,
  data: { key },
  meta: { actor: 'alice', authority: 'HR', commandId: 'c', commandDigest: 'd', correlationId: 'corr' },
  recordedAt: 0,
});
/** One command per event, keyed by its stream. */
const echo: ProcessManager = {
  name: 'echo',
  types: ['Happened'],
  react: (events) => Promise.resolve(events.map((cause) => ({ aggregate: 'thing', type: 'Echo', id: cause.stream, data: {}, cause, key: cause.stream, part: '' }))),
};
const timer = (id: string, dueAt: number, type = 'Ring'): Timer => ({ id, dueAt, aggregate: 'thing', type, streamId: id, data: {}, causeEventId: id, rootActor: null, correlationId: id });

interface Setting {
  readonly runner: ProcessRunner;
  readonly store: ProcessStore;
  readonly carried: CommandMessage[];
  readonly told: ParkedWork[];
  /** Streams whose commands are refused, by code; empty the map to let them pass. */
  readonly refuse: Map<string, string>;
  readonly events: Recorded[];
}

function setUp(events: readonly Recorded[]): Setting {
  const carried: CommandMessage[] = [];
  const told: ParkedWork[] = [];
  const refuse = new Map<string, string>();
  const log = [...events];
  const store = memoryProcessStore();
  const execute = (message: CommandMessage): Promise<CommandOutcome> => {
    carried.push(message);
    const rejected = refuse.get(message.id ?? '');
    // The runner looks at the code alone.
    if (rejected !== undefined) return Promise.resolve({ rejection: { rejected, facts: [] } } as unknown as CommandOutcome);
    return Promise.resolve({ accepted: { stream: message.id ?? '', revision: 0, position: 0, cursor: null, repeated: false, commandId: message.commandId } });
  };
  const options: ProcessRunnerOptions = {
    log: {
      logId: LOG_ID,
      readAll: ({ afterPosition, max }) => Promise.resolve(log.filter(({ position }) => position > afterPosition).slice(0, max)),
      head: () => Promise.resolve({ position: log.length - 1 }),
      now: () => Promise.resolve(0),
      moved: () => Promise.resolve(),
    },
    // What the runner uses of an executor: it carries out commands and gives a reader to the managers.
    executor: { execute, folds: {}, reader: () => Promise.resolve({}) } as unknown as Executor,
    finder: {} as Finder,
    store,
    managers: [echo],
    timers: { types: [], of: () => [] },
    timeZone: () => Promise.resolve('UTC'),
    onParked: (work) => told.push(work),
    onError: (error) => {
      throw error;
    },
  };
  return { runner: new ProcessRunner(options), store, carried, told, refuse, events: log };
}

describe('a process manager', () => {
  it('issues commands whose ids follow from the event, so that a repetition is the same command', async () => {
    const one = setUp([event(0, 'a')]);
    await one.runner.drain();
    const two = setUp([event(0, 'a')]);
    await two.runner.drain();
    await two.runner.drain();
    expect(two.carried).toEqual(one.carried);
    expect(one.carried[0]).toMatchObject({ issuer: 'SYSTEM', correlationId: 'corr', causation: { eventId: event(0, 'a').id, rootActor: 'alice' } });
  });

  it('parks the key of a command refused for good, tells it once, and goes on with the others', async () => {
    const { runner, store, carried, told, refuse } = setUp([event(0, 'a'), event(1, 'b'), event(2, 'a')]);
    refuse.set('thing-a', 'ALREADY_FINAL');
    await runner.drain();
    expect(carried.map(({ id }) => id)).toEqual(['thing-a', 'thing-b']);
    expect(told.map(({ key, code }) => [key, code])).toEqual([
      ['thing-a', 'ALREADY_FINAL'],
      ['thing-a', 'KEY_PARKED'],
    ]);
    expect(await store.parked()).toMatchObject([{ manager: 'echo', key: 'thing-a', code: 'ALREADY_FINAL', position: 0 }]);
  });

  it('parks nothing of a closed log, so that the work is done where the log goes on', async () => {
    const { runner, store, told, refuse } = setUp([event(0, 'a')]);
    await store.commit({ position: -1, timers: [timer('due', 10)], parked: [] });
    for (const id of ['thing-a', 'due']) refuse.set(id, 'LOG_CLOSED');
    await expect(runner.drain()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(runner.fire(10)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect([told, await store.parked(), await store.checkpoint()]).toEqual([[], [], -1]);
    refuse.clear();
    expect(await runner.fire(10)).toBe(1);
    expect(await store.checkpoint()).toBe(0);
  });

  it('repeats the work from the parked event on when its key is unparked', async () => {
    const { runner, store, carried, refuse } = setUp([event(0, 'a'), event(1, 'b'), event(2, 'a')]);
    refuse.set('thing-a', 'ALREADY_FINAL');
    await runner.drain();
    refuse.clear();
    await store.unpark({ manager: 'echo', key: 'thing-a' });
    await runner.drain();
    expect(carried.slice(2).map(({ id }) => id)).toEqual(['thing-a', 'thing-b', 'thing-a']);
    expect(await store.parked()).toEqual([]);
  });
});

describe('timers', () => {
  it('fire in order of due instant, each at its own, and not before', async () => {
    const { runner, store, carried } = setUp([]);
    await store.commit({ position: -1, timers: [timer('late', 30), timer('first', 10), timer('second', 20)], parked: [] });
    expect(await runner.fire(20, ({ dueAt }) => dueAt)).toBe(2);
    expect(carried.map(({ id, simulatedNow }) => [id, simulatedNow])).toEqual([
      ['first', 10],
      ['second', 20],
    ]);
    expect(await store.nextDue()).toBe(30);
  });

  it('that wait for other work stay due and hold back no other', async () => {
    const { runner, store, carried, refuse } = setUp([]);
    refuse.set('blocked', 'RECALIBRATIONS_APPLYING');
    await store.commit({ position: -1, timers: [timer('blocked', 10), timer('free', 20)], parked: [] });
    expect(await runner.fire(20)).toBe(1);
    expect(carried.map(({ id }) => id)).toEqual(['blocked', 'free']);
    refuse.clear();
    expect(await runner.fire(20)).toBe(1);
    expect(await store.nextDue()).toBeNull();
  });

  it('refused for good are finished and told', async () => {
    const { runner, store, told, refuse } = setUp([]);
    refuse.set('gone', 'NOT_THERE');
    await store.commit({ position: -1, timers: [timer('gone', 10)], parked: [] });
    expect(await runner.fire(10)).toBe(1);
    expect(told).toMatchObject([{ manager: 'timers', key: 'gone', code: 'NOT_THERE' }]);
    expect(await store.nextDue()).toBeNull();
  });
});
