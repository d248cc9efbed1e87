import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV5 } from '@assay/domain';
import { terminateBackends, testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { MemoryLog } from './memory/memory-log.js';
import type { AppendEvent, EventLog } from './port.js';
import { openPostgresLog } from './postgres/postgres-log.js';

const DAY_MS = 86_400_000;
const NAMES = '6f1d2a52-9d3f-5b0f-8c47-6f7c1f0f5a10';
const event = (name: string, type = 'Tested', data: AppendEvent['data'] = {}): AppendEvent => ({ id: uuidV5(NAMES, name), type, schemaVersion: 1, data, meta: {} });

/** The clock of a log that a loader simulates (`architecture.md`, Time), alike on every engine. */
function simulatedLogs(open: () => Promise<EventLog>): void {
  it('takes its time from the holder of the lease, refuses any other append, and runs on from the offset once ended', async () => {
    const log = await open();
    const start = Date.now() - 1000 * DAY_MS;
    const lease = await log.takeSimulationLease();
    const first = await log.append('s', [event('a')], 'NO_STREAM', { simulatedNow: start });
    expect(first.recordedAt).toBe(start);
    expect(await log.now()).toBe(start);
    await expect(log.append('t', [event('b')], 'NO_STREAM')).rejects.toMatchObject({ code: 'InvalidEvent' });
    await expect(log.append('t', [event('b')], 'NO_STREAM', { simulatedNow: Date.now() + DAY_MS })).rejects.toMatchObject({ code: 'InvalidEvent' });
    // It never goes back, and what is there already is answered as it was.
    expect((await log.append('t', [event('b')], 'NO_STREAM', { simulatedNow: start - DAY_MS })).recordedAt).toBe(start);
    expect(await log.append('s', [event('a')], 'NO_STREAM')).toEqual(first);
    await expect(log.takeSimulationLease()).rejects.toMatchObject({ code: 'Unavailable' });
    await lease.release();
    await expect(log.append('u', [event('c')], 'NO_STREAM', { simulatedNow: start })).rejects.toMatchObject({ code: 'Unavailable' });
    const resumed = await log.takeSimulationLease();
    await log.append('company', [event('end', 'SimulationEnded', { offset: -10 * DAY_MS })], 'NO_STREAM', { simulatedNow: start + DAY_MS });
    const after = await log.append('u', [event('c')], 'NO_STREAM');
    expect(Math.abs(after.recordedAt - (Date.now() - 10 * DAY_MS))).toBeLessThan(60_000);
    await expect(log.append('v', [event('d')], 'NO_STREAM', { simulatedNow: start })).rejects.toMatchObject({ code: 'InvalidEvent' });
    await expect(log.takeSimulationLease()).rejects.toMatchObject({ code: 'InvalidEvent' });
    await resumed.release();
    await log.close();
  });
}

describe('a simulated log in memory', () => simulatedLogs(() => Promise.resolve(new MemoryLog())));

describe('a simulated log in PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await testDatabase()));
  afterAll(() => database.close());
  simulatedLogs(() => openPostgresLog(database));

  it('gives its lease to the next loader at once where the holder was cut off, and never while it lives', async () => {
    const other = await testDatabase();
    const [held, next] = [await openPostgresLog(other), await openPostgresLog(other)];
    await held.takeSimulationLease();
    await expect(next.takeSimulationLease()).rejects.toMatchObject({ code: 'Unavailable' });
    await terminateBackends(other.app, '%assay.take_lease%');
    const heir = await openPostgresLog(other);
    const lease = await heir.takeSimulationLease();
    expect((await heir.append('s', [event('a')], 'NO_STREAM', { simulatedNow: 5 })).recordedAt).toBe(5);
    await lease.release();
    for (const log of [held, next, heir]) await log.close();
    await other.close();
  });

  it('is refused where the log is real', async () => {
    const other = await testDatabase();
    const log = await openPostgresLog(other);
    await log.append('s', [event('a')], 'NO_STREAM');
    await expect(log.append('t', [event('b')], 'NO_STREAM', { simulatedNow: 0 })).rejects.toMatchObject({ code: 'InvalidEvent' });
    // On a real log the event has no effect on the clock.
    await log.append('company', [event('end', 'SimulationEnded', { offset: -10 * DAY_MS })], 'NO_STREAM');
    expect(Math.abs((await log.now()) - Date.now())).toBeLessThan(60_000);
    await log.close();
    await other.close();
  });
});
