import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { expect } from '@jest/globals';
import { openPostgresLog, withClient, type Connection } from '@assay/event-log';
import { terminateBackends } from '../support/database.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { appendEach, collect, errorOf, event, events, positionsOf, range, until, type Cases, type SqlAccess } from './engine.js';
import { behindProxy, SHORT, writeAndDie } from './harm.js';
import { clockStepCase } from './time.conformance.js';

async function serverPid({ server }: SqlAccess): Promise<number> {
  const pid = await server?.pid();
  if (pid === null || pid === undefined) throw new Error('the server is not running, or not ours');
  return pid;
}

/** Kills the server with -9 and waits until another has taken its place. */
async function killServer(sql: SqlAccess): Promise<void> {
  const pid = await serverPid(sql);
  process.kill(pid, 'SIGKILL');
  await until(async () => {
    const now = await sql.server?.pid();
    return now !== null && now !== pid && (await withClient(sql.app, (client) => client.query('SELECT 1')).then(() => true, () => false));
  });
}

/** Failure and recovery (`conformance.md`). */
export const failureCases: Cases = {
  F01: async ({ log, sql }) => {
    await log.append('s', events('a', 10), 'NO_STREAM');
    const tail = collect(log, { after: 'START' }, (seen) => seen.length >= 30);
    await killServer(sql);
    await log.append('s', events('b', 20), 9);
    expect(positionsOf(await tail)).toEqual(range(30));
  },
  F02: async ({ log, sql }) => {
    const { proxy, client, close } = await behindProxy(sql);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    // Cut before the request has reached the server, and after it was carried out.
    proxy.mode = 'HOLD';
    const before = client.append('s', [event('a')], 'NO_STREAM');
    await new Promise((resolve) => setImmediate(resolve));
    proxy.cut();
    proxy.release();
    expect(await before).toMatchObject({ revision: 0, position: 1 });
    proxy.mode = 'SWALLOW';
    const after = client.append('s', [event('b')], 0);
    await until(async () => (await log.head()).position === 2);
    proxy.cut();
    proxy.mode = 'PASS';
    expect(await after).toMatchObject({ revision: 1, position: 2 });
    expect(await log.readAll({})).toHaveLength(3);
    await close();
  },
  F03: async ({ sql }) => {
    const proxy = await FaultProxy.to(sql.app);
    const { connection } = proxy;
    await proxy.close();
    expect(await errorOf(openPostgresLog({ app: connection }))).toMatchObject({ code: 'Unavailable', retryable: true });
    const { client, close } = await behindProxy(sql);
    expect(await client.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await close();
  },
  F04: async ({ log, sql }) => {
    const { client, close } = await behindProxy(sql);
    const tail = collect(client, { after: 'START' }, (seen) => seen.length >= 6);
    await appendEach(log, 's', ['a', 'b', 'c']);
    // The server says goodbye to every connection in good order; nobody gets an error of the operating system.
    await terminateBackends(sql.app);
    await appendEach(log, 't', ['d', 'e', 'f']);
    expect(positionsOf(await tail)).toEqual(range(6));
    await close();
  },
  F05: async ({ log, sql }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const appending = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FROM assay.append%' AND pid <> pg_backend_pid()`;
    const backend = (): Promise<readonly number[]> => withClient(sql.app, async (client) => (await client.query<{ pid: number }>(appending)).rows.map(({ pid }) => pid));
    const before = await backend();
    // An internal error, raised by the server as long as the marker stands.
    await withClient(sql.owner, (client) =>
      client.query(`CREATE FUNCTION assay.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'XX000'; END $$;
                    CREATE TRIGGER broken BEFORE INSERT ON assay.event FOR EACH STATEMENT EXECUTE FUNCTION assay.fail()`),
    );
    const pending = log.append('s', [event('b')], 0);
    await until(async () => JSON.stringify(await backend()) !== JSON.stringify(before));
    await withClient(sql.owner, (client) => client.query('DROP TRIGGER broken ON assay.event'));
    expect(await pending).toMatchObject({ revision: 1 });
  },
  F08: async ({ log, sql }) => {
    const { proxy, client, close } = await behindProxy(sql);
    await client.append('s', [event('a')], 'NO_STREAM');
    const tail = collect(client, { after: 'START' }, (seen) => seen.length >= 2);
    // No answer and no error from now on; then the wire works again for new connections.
    proxy.mode = 'SWALLOW';
    expect((await errorOf(client.head())).code).toBe('Unavailable');
    proxy.mode = 'PASS';
    await log.append('s', [event('b')], 0);
    expect(positionsOf(await tail)).toEqual([0, 1]);
    await close();
  },
  F11: async ({ sql }) => {
    const wrong = sql.app.connectionString === undefined ? { ...sql.app, password: 'wrong' } : { connectionString: sql.app.connectionString.replace(/:[^:@/]*@/, ':wrong@') };
    expect(await errorOf(openPostgresLog({ app: wrong }))).toMatchObject({ code: 'Unauthorized', retryable: false });
    const client = await sql.client({});
    await withClient(sql.owner, (owner) => owner.query('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA assay FROM PUBLIC, CURRENT_USER').then(() => owner.query(`DO $$ DECLARE r record; BEGIN FOR r IN SELECT grantee FROM information_schema.role_routine_grants WHERE routine_schema = 'assay' AND routine_name LIKE 'append%' LOOP EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA assay FROM %I', r.grantee); END LOOP; END $$`)));
    expect(await errorOf(client.append('s', [event('a')], 'NO_STREAM'))).toMatchObject({ code: 'Unauthorized' });
    await client.close();
  },
  F12: async ({ sql }) => {
    const { proxy, client } = await behindProxy(sql, { timeouts: { statementMs: 900, lockMs: 800, callMs: 1000 } });
    await client.append('warm', [event('warm')], 'NO_STREAM');
    const tail = collect(client, { after: 'END' }, () => false);
    proxy.mode = 'HOLD';
    const pending = range(40).map((index) => errorOf(client.append(`s-${index}`, [event(String(index))], 'NO_STREAM')));
    await new Promise((resolve) => setImmediate(resolve));
    const queued = errorOf(client.append('late', [event('late')], 'NO_STREAM'));
    const closing = client.close();
    proxy.cut();
    for (const { code } of await Promise.all([...pending, queued])) expect(['OutcomeUnknown', 'Unavailable']).toContain(code);
    await closing;
    await tail;
    expect(await errorOf(client.append('s', [event('x')], 'NO_STREAM'))).toMatchObject({ code: 'Unavailable' });
    await proxy.close();
  },
  F13: async ({ log, sql }) => {
    // The application dies with -9 while it writes; then the database does, under load.
    const acknowledged = await writeAndDie(sql.app, 50);
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    const writers = range(8).map((writer) => appendEach(log, `load-${writer}`, range(60).map((index) => `${writer}/${index}`), { deadlineMs: 50_000 }));
    for (let round = 0; round < 3; round += 1) await killServer(sql);
    await Promise.all(writers);
    const ids = (await log.readAll({})).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    for (const writer of range(8)) expect(await log.readStream(`load-${writer}`)).toHaveLength(60);
    expect((await log.readAll({})).map(({ position }) => position)).toEqual(range(ids.length));
  },
  F15: async ({ sql }) => {
    const folder = sql.server?.dataDir ?? '';
    const pid = await serverPid(sql);
    const child = spawn(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'test/support/open-embedded-child.ts', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(await serverPid(sql)).toBe(pid);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await serverPid(sql)).toBe(pid);
  },
  F17: clockStepCase,
  F18: async ({ log, sql }) => {
    const client = await sql.client({ timeouts: SHORT });
    await client.append('s', [event('a')], 'NO_STREAM');
    const backends = await withClient(sql.owner, async (owner) =>
      (await owner.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)).rows.map(({ pid }) => pid),
    );
    const frozen = [await serverPid(sql), ...backends];
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    try {
      const calls = [client.append('s', [event('b')], 0, { deadlineMs: 700 }), client.readAll({}), client.head(), client.now()];
      const codes = (await Promise.all(calls.map((call) => errorOf(call)))).map(({ code }) => code);
      expect(codes).toEqual(['OutcomeUnknown', 'Unavailable', 'Unavailable', 'Unavailable']);
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    }
    // Whether it landed or not: the repetition says, and it is there once.
    expect(await client.append('s', [event('b')], 0)).toMatchObject({ revision: 1, position: 1 });
    expect(await log.readAll({})).toHaveLength(2);
    await client.close();
  },
  F19: async ({ sql }) => {
    const attempts: Connection[] = [
      { host: '/nonexistent', port: 1 },
      { host: '127.0.0.1', port: 1 },
      { host: 'no-such-host.invalid', port: 1 },
    ];
    for (const where of attempts) expect(await errorOf(openPostgresLog({ app: { user: 'x', password: 'x', database: 'x', ...where } }))).toMatchObject({ code: 'Unavailable', retryable: true });
    const nowhere = sql.app.connectionString === undefined ? { ...sql.app, database: 'no_such_database' } : { connectionString: sql.app.connectionString.replace(/\/[^/]*$/, '/no_such_database') };
    expect(await errorOf(openPostgresLog({ app: nowhere }))).toMatchObject({ code: 'Unauthorized', retryable: false });
  },
};
