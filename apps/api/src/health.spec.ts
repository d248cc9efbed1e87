import { describe, expect, it } from '@jest/globals';
import type { CheckResult } from '@assay/graphql';
import { readinessChecks, type HealthSources } from './health.js';

const projection = { name: 'target', version: 2, position: 31, lag: 0, parked: 0, retries: 0, status: 'LEADING', live: true, led: true, stopped: null } as const;
const WELL: HealthSources = {
  role: 'all',
  pool: { query: () => Promise.resolve() },
  log: { probe: () => Promise.resolve(), grants: () => Promise.resolve({ missing: [], violations: [] }), clockBehindMs: () => Promise.resolve(0), protection: 'PROTECTED', violations: [] },
  readModels: { metrics: () => Promise.resolve([projection]) },
  processes: { waiting: () => Promise.resolve({ position: 1, due: 0, lateMs: 0, parked: 0, led: true }) },
};
const log = (over: Partial<HealthSources['log']>): Partial<HealthSources> => ({ log: { ...WELL.log, ...over } });
const projections = (over: object): Partial<HealthSources> => ({ readModels: { metrics: () => Promise.resolve([{ ...projection, ...over }]) } });

async function parts(over: Partial<HealthSources>, ready = true): Promise<Readonly<Record<string, CheckResult>>> {
  const checks = readinessChecks({ ...WELL, ...over }, { ready: () => Promise.resolve(ready) }, 5);
  return Object.fromEntries(await Promise.all(checks.map(async ({ name, check }) => [name, await check()] as const)));
}

describe('readiness', () => {
  it('says of a sound process what each part is', async () => {
    const all = Object.entries(await parts({})).map(([name, { ok, status, remedy }]) => [name, ok, status, remedy]);
    expect(all).toEqual([
      ['role', true, 'ALL', undefined], ['database', true, 'UP', undefined], ['log', true, 'PROTECTED', undefined], ['grants', true, 'AS_NEEDED', undefined], ['projections', true, 'LIVE', undefined],
      ['processes', true, 'FOLLOWING', undefined], ['clock', true, 'RIGHT', undefined], ['keys', true, 'LOADED', undefined],
    ]);
  });

  const refused = (): Promise<never> => Promise.reject(new Error('connect postgres://app:hunter2@db'));
  const never = (): Promise<never> => new Promise(() => undefined);
  const CASES: readonly (readonly [string, string, boolean, string, Partial<HealthSources>])[] = [
    ['is red where the database refuses', 'database', false, 'DOWN', { pool: { query: refused } }],
    ['is red where nothing answers', 'database', false, 'NO_ANSWER', { pool: { query: never } }],
    ['is red where the log cannot be read', 'log', false, 'DOWN', log({ probe: refused })],
    ['warns of an unprotected log', 'log', true, 'UNPROTECTED', log({ protection: 'UNPROTECTED', violations: ['the login owns assay.event'] })],
    ['is red where the login may not append', 'grants', false, 'MISSING', log({ grants: () => Promise.resolve({ missing: ['the login may not append'], violations: [] }) })],
    ['warns of grants that are too wide', 'grants', true, 'TOO_WIDE', log({ grants: () => Promise.resolve({ missing: [], violations: ['the login may delete'] }) })],
    ['is red where the clock is behind', 'clock', false, 'BEHIND', log({ clockBehindMs: () => Promise.resolve(5_001) })],
    ['stays green while appends are taken', 'clock', true, 'RIGHT', log({ clockBehindMs: () => Promise.resolve(5_000) })],
    ['is red where a projection stopped', 'projections', false, 'STOPPED', projections({ stopped: 'a rebuild is strict' })],
    ['is red while a projection is built', 'projections', false, 'BUILDING', projections({ live: false, lag: 900 })],
    ['warns of parked keys', 'projections', true, 'PARKED', projections({ parked: 2 })],
    ['warns where nobody leads a projection that has caught up', 'projections', true, 'NOT_LED', projections({ led: false, lag: 3 })],
    ['warns where nobody leads processes', 'processes', true, 'NOT_LED', { processes: { waiting: () => Promise.resolve({ position: 1, due: 3, lateMs: 0, parked: 1, led: false }) } }],
    ['warns of parked work', 'processes', true, 'PARKED', { processes: { waiting: () => Promise.resolve({ position: 1, due: 3, lateMs: 0, parked: 1, led: true }) } }],
  ];
  it.each(CASES)('%s', async (_what, name, ok, status, over) => {
    const all = await parts(over);
    expect(all[name]).toMatchObject({ ok, status, ...(status === 'RIGHT' ? {} : { remedy: expect.any(String) }) });
    expect(JSON.stringify(all)).not.toContain('hunter2');
  });

  it('names the process that is missing where nobody leads, and how far the projections are', async () => {
    const api = await parts({ role: 'api', ...projections({ led: false, lag: 3, status: 'WAITING' }) });
    expect([api['role'], api['projections']]).toEqual([
      { ok: true, status: 'API' },
      { ok: true, status: 'NOT_LED', detail: 'target__v2 is led by nobody, 3 events behind', remedy: 'No process leads these projections: start one with ASSAY_ROLE=projector.' },
    ]);
    expect((await parts({ role: 'api', ...projections({ led: false, live: false }) }))['projections']).toMatchObject({ ok: false, status: 'BUILDING', remedy: expect.stringContaining('ASSAY_ROLE=projector') });
  });

  it('of a projector says how much it leads, and asks for no keys of an issuer', async () => {
    const checks = readinessChecks({ ...WELL, role: 'projector' }, null);
    const [role] = await Promise.all(checks.map(({ check }) => check()));
    expect([checks.map(({ name }) => name).includes('keys'), role]).toEqual([false, { ok: true, status: 'PROJECTOR', detail: 'leads 1 of 1 projections' }]);
  });

  it('is red without keys of the issuer', async () => {
    expect((await parts({}, false))['keys']).toMatchObject({ ok: false, status: 'MISSING', remedy: expect.stringContaining('OIDC_ISSUER') });
  });
});
