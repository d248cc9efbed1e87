import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookAtEmbedded, openEmbedded, withClient, type Connection, type Embedded } from '@assay/event-log';
import { goalView } from '@assay/read-models';
import { holdFolder, openLog, openRuntime, reach, type Runtime } from '@assay/runtime';
import type { cliConfig } from '../../apps/cli/src/config.js';
import { checkNode, ROOM_TO_BEGIN_BYTES } from '../../apps/cli/src/doctor/machine.js';
import { examine, type Patient } from '../../apps/cli/src/doctor/doctor.js';
import { exitCodeOf, type Finding } from '../../apps/cli/src/doctor/finding.js';
import { runLine, type Ran } from '../support/command-line.js';
import { homeOf, removeData } from '../support/server-processes.js';

const OIDC = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'assay' };
const OPENING = { name: 'Patient', timeZone: 'Asia/Shanghai', businessYearFirstMonth: 1, admin: { issuer: 'https://id.example.com', subject: 'admin' } };
const UNSET = { DATABASE_URL: undefined, DATABASE_OWNER_URL: undefined, ASSAY_LOG: undefined, HOST: '127.0.0.1' };

interface Said {
  readonly code: number;
  readonly findings: readonly Finding[];
  readonly ran: Ran;
}

const wrong = ({ findings }: Pick<Said, 'findings'>): readonly (readonly [string, string])[] => findings.filter(({ level }) => level !== 'OK').map(({ code, level }) => [code, level]);

describe('the doctor', () => {
  let folder: string;
  let dataDir: string;
  let embedded: Embedded;
  let runtime: Runtime;
  const doctor = async (environment: Readonly<Record<string, string | undefined>> = {}, ...argv: readonly string[]): Promise<Said> => {
    const ran = await runLine(['doctor', '--json', ...argv], { ...UNSET, ...OIDC, ASSAY_DATA: dataDir, PORT: '0', ...environment });
    const { findings } = JSON.parse(ran.out) as { findings: readonly Finding[] };
    // Each trouble comes with what to do.
    expect(findings.filter(({ level, remedy }) => level !== 'OK' && !remedy)).toEqual([]);
    return { code: ran.code, findings, ran };
  };
  const still = (): Promise<Said> => doctor({}, '--log', 'still');
  /** Harm to the log that nobody serves: one who did would meet it, too. */
  const harm = (statement: string): Promise<unknown> => superuser(embedded, dataDir, (login) => withClient({ ...login, database: 'assay_still' }, (client) => client.query(statement)));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-doctor-'));
    // As root, the database runs as another user: one that cannot enter would keep its data where nobody clears it away.
    await chmod(folder, 0o755);
    dataDir = join(folder, 'data');
    embedded = await openEmbedded({ dataDir, durable: false });
    runtime = await open('main');
    await openLog(runtime, OPENING);
    await reach(runtime.readModels, 0);
    const other = await open('still');
    await openLog(other, OPENING);
    await reach(other.readModels, 0);
    await other.close();
  }, 240_000);
  afterAll(async () => {
    await runtime.close();
    await embedded.close();
    await removeData(dataDir);
    await rm(folder, { recursive: true, force: true });
  });
  const open = (log: string): Promise<Runtime> => openRuntime({ dataDir, log, say: () => undefined, onParked: () => undefined, onError: () => undefined });

  it('finds nothing wrong beside a running server, ends with 0, starts nothing, changes nothing, shows no secret', async () => {
    const before = await entries(dataDir);
    const said = await doctor();
    expect(wrong(said)).toEqual([]);
    expect(said).toMatchObject({ code: 0, ran: { err: '' } });
    expect(new Set(said.findings.map(({ area }) => area))).toEqual(new Set(['node', 'config', 'folder', 'disk', 'socket', 'ports', 'database', 'log', 'grants', 'clock', 'keys', 'projections']));
    expect(await entries(dataDir)).toEqual(before);
    const secrets = Object.values(JSON.parse(await readFile(join(embedded.home, 'cluster', 'secrets.json'), 'utf8')) as Record<string, string>);
    for (const secret of secrets) expect(said.ran.out).not.toContain(secret);
  });

  it('says for people what is wrong and what to do', async () => {
    const { code, out } = await runLine(['doctor'], { ...UNSET, ASSAY_DATA: dataDir, PORT: '0', OIDC_ISSUER: undefined, OIDC_AUDIENCE: undefined });
    expect(code).toBe(2);
    expect(out).toMatch(/^FAULT +config +OIDC_ISSUER is not set.*\n +to do: /m);
    expect(out).toContain('2 of ');
  });

  it.each([
    ['every wrong setting', { PORT: 'many', LOG_LEVEL: 'loud' }, ['SETTING_WRONG', 'SETTING_WRONG']],
    ['a log that cannot be', { ASSAY_LOG: 'No Log' }, ['SETTING_WRONG']],
  ])('ends with 2 for %s, and looks at the rest as far as it can', async (_, environment, codes) => {
    const said = await doctor(environment);
    expect({ exit: said.code, codes: wrong(said).map(([code]) => code) }).toEqual({ exit: 2, codes });
  });

  it('tells of a setting that nobody reads', async () => {
    expect(wrong(await doctor({ ASSAY_DATE: dataDir }))).toEqual([['SETTING_UNKNOWN', 'WARNING']]);
  });

  it('tells a port taken by another program from one of another Assay, and from its own', async () => {
    const other = await listening((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi'));
    expect(await doctor({ PORT: portOf(other) })).toMatchObject({ code: 1 });
    expect(wrong(await doctor({ PORT: portOf(other) }))).toEqual([['PORT_TAKEN', 'FAULT']]);
    expect(wrong(await doctor({ METRICS_PORT: portOf(other) }))).toEqual([['PORT_TAKEN', 'FAULT']]);
    const hold = await holdFolder(dataDir, 'main');
    if ('servedAt' in hold) throw new Error('nobody else serves this folder');
    hold.announce('http://127.0.0.1:3999');
    const own = await doctor({ PORT: portOf(other) });
    await hold.release();
    expect(own.findings.find(({ area }) => area === 'ports')).toMatchObject({ level: 'OK', found: expect.stringContaining('http://127.0.0.1:3999') });
    await closed(other);
    const body = '{"status":"live"}';
    const assay = await listening((socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\nconnection: close\r\n\r\n${body}`));
    expect(wrong(await doctor({ PORT: portOf(assay) }))).toEqual([['PORT_TAKEN_BY_ASSAY', 'FAULT']]);
    await closed(assay);
    expect(wrong(await doctor({ HOST: '203.0.113.7' }))).toEqual([['HOST_UNKNOWN', 'FAULT']]);
  });

  it('tells of grants that the server would not serve with, and of those that protect nothing', async () => {
    await harm('GRANT INSERT ON assay.event TO assay_app');
    expect(wrong(await still())).toEqual([['GRANTS_BROKEN', 'FAULT']]);
    await harm('REVOKE INSERT ON assay.event FROM assay_app; ALTER TABLE assay.event DISABLE TRIGGER event_append_only');
    const untriggered = await still();
    expect(untriggered.findings.find(({ code }) => code === 'GRANTS_BROKEN')?.found).toContain('trigger');
    await harm('ALTER TABLE assay.event ENABLE ALWAYS TRIGGER event_append_only; REVOKE SELECT ON assay.event FROM assay_app');
    expect(wrong(await still())).toEqual([['GRANTS_MISSING', 'FAULT']]);
    await harm('GRANT SELECT ON assay.event TO assay_app');
    expect(wrong(await still())).toEqual([]);
  });

  it('tells of a clock that went back, that it was accepted, and of clocks that differ', async () => {
    const clockAt = (ms: number): Promise<unknown> => harm(`CREATE OR REPLACE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + (${String(ms)}) $$`);
    await clockAt(-3_600_000);
    expect(wrong(await still())).toEqual([['CLOCKS_DIFFER', 'WARNING'], ['CLOCK_BEHIND', 'FAULT']]);
    await harm('UPDATE assay.log SET step_accepted_at = (SELECT max(recorded_at) FROM assay.event)');
    expect(wrong(await still())).toEqual([['CLOCKS_DIFFER', 'WARNING'], ['CLOCK_STEP_ACCEPTED', 'WARNING']]);
    await harm('UPDATE assay.log SET step_accepted_at = NULL');
    await clockAt(3_600_000);
    expect(wrong(await still())).toEqual([['CLOCKS_DIFFER', 'WARNING']]);
    await clockAt(0);
    expect(wrong(await still())).toEqual([]);
  });

  it('tells of tables of a later release, of a log that is not there, and of one that was never opened', async () => {
    await harm('INSERT INTO assay.migration (version) VALUES (999)');
    expect(wrong(await still())).toEqual([['SCHEMA_NEWER', 'FAULT']]);
    await harm('DELETE FROM assay.migration WHERE version = 999');
    expect(wrong(await doctor({}, '--log', 'nobody'))).toEqual([['LOG_MISSING', 'WARNING']]);
    await (await open('second')).close();
    expect(wrong(await doctor({}, '--log', 'second'))).toEqual([['LOG_EMPTY', 'WARNING']]);
  });

  it('tells of keys that others may read, that are lost, damaged, of another master key, of another log, or not there', async () => {
    const keys = join(dataDir, 'keys');
    const own = join(keys, runtime.logId);
    const kept = join(folder, 'kept-keys');
    await cp(keys, kept, { recursive: true });
    const [holder = ''] = (await readdir(own)).filter((entry) => /^[0-9a-f]{64}\.json$/.test(entry));
    const harms: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['KEYS_EXPOSED', () => chmod(join(own, holder), 0o644)],
      ['KEYS_EXPOSED', () => chmod(join(keys, 'master.key'), 0o640)],
      ['KEYS_LOST', () => rm(join(own, holder))],
      ['KEYS_UNREADABLE', () => writeFile(join(own, holder), '{"holder":"x"}', { mode: 0o600 })],
      ['KEYS_UNREADABLE', () => writeFile(join(keys, 'master.key'), Buffer.alloc(32, 7))],
      ['KEYS_UNUSABLE', () => writeFile(join(keys, 'master.key'), Buffer.alloc(31, 7))],
      ['KEYS_UNUSABLE', () => writeFile(join(own, 'store.json'), '{"logId":"another"}')],
      ['KEYS_MISSING', () => rm(join(keys, 'master.key'))],
      ['KEYS_MISSING', () => rm(own, { recursive: true })],
    ];
    for (const [code, harm] of harms) {
      await harm();
      expect(wrong(await doctor())).toEqual([[code, 'FAULT']]);
      await rm(keys, { recursive: true });
      await cp(kept, keys, { recursive: true });
    }
    expect(wrong(await doctor())).toEqual([]);
  }, 120_000);

  it('tells of projections that parked, stopped or fell behind', async () => {
    const version = String(goalView.version);
    await harm(`INSERT INTO read_model."goal_parked__v${version}" VALUES ('goal-x', 0, 0, 'e', 'FOLD_FAILED', 'd')`);
    expect(wrong(await still())).toEqual([['PROJECTION_PARKED', 'WARNING']]);
    await harm(`DELETE FROM read_model."goal_parked__v${version}"; UPDATE read_model.projection SET stopped = 'UNKNOWN_TYPE' WHERE name = 'goal'`);
    expect(wrong(await still())).toEqual([['PROJECTION_STOPPED', 'FAULT']]);
    await harm(`UPDATE read_model.projection SET stopped = NULL, position = -5000, owner = 'somebody', lease_until = now() + interval '1 hour' WHERE name = 'goal'`);
    expect(wrong(await still())).toEqual([['PROJECTION_BEHIND', 'WARNING']]);
  }, 120_000);

  it('tells of a disk that is low, of an old Node, of a folder that is no place, and of a socket path that is too long', async () => {
    const patient: Patient = { environment: { ...OIDC, ASSAY_DATA: dataDir, PORT: '0', HOST: '127.0.0.1' }, log: undefined, place: { ...cliConfigOf(dataDir) }, node: { version: process.version, needed: '20.19.0' }, roomToBegin: ROOM_TO_BEGIN_BYTES, clock: Date.now, signal: new AbortController().signal, say: () => undefined };
    const low = await examine({ ...patient, roomToBegin: Number.MAX_SAFE_INTEGER, node: { version: process.version, needed: '99.1.0' } });
    expect(wrong({ findings: low })).toEqual([['NODE_OLD', 'FAULT'], ['DISK_LOW', 'WARNING']]);
    expect(exitCodeOf(low)).toBe(1);
    expect([checkNode('v20.18.9', '20.19.0').code, checkNode('v20.19.0', '20.19.0').code, checkNode('v24.0.0', '20.19.0').code]).toEqual(['NODE_OLD', 'OK', 'OK']);
    const noFolder = join(folder, 'file');
    await writeFile(noFolder, '');
    expect(wrong(await doctor({ ASSAY_DATA: noFolder }, '--log', 'any'))).toEqual([['FOLDER_NOT_WRITABLE', 'FAULT']]);
    const long = join(folder, 'x'.repeat(60), 'y'.repeat(60));
    // The system's folder for temporary files is a process's, so this takes one of its own.
    const child = spawn(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'apps/cli/src/main.ts', 'doctor', '--json', '--log', 'any'], { env: { ...process.env, ...OIDC, ASSAY_DATA: long, TMPDIR: long, PORT: '0', HOST: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(wrong(JSON.parse(out) as Pick<Said, 'findings'>)).toEqual([['SOCKET_PATH_LONG', 'FAULT']]);
    expect(await readdir(folder)).not.toContain('x'.repeat(60));
  }, 120_000);

  it('ends with 3 where a server does not answer, refuses the login, or the owner\u2019s; and warns of a single login', async () => {
    const url = ({ user = '', password = '', host = '', database = '' }: Connection, port = 5432): string => `postgres://${user}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${String(port)}/${database}`;
    const app = url(embedded.app);
    expect(wrong(await doctor({ DATABASE_URL: app, DATABASE_OWNER_URL: url(embedded.owner) }))).toEqual([]);
    const nobody = await doctor({ DATABASE_URL: url(embedded.app, 5999) });
    expect([nobody.code, ...wrong(nobody)]).toEqual([3, ['DATABASE_UNAVAILABLE', 'FAULT']]);
    const refused = await doctor({ DATABASE_URL: url({ ...embedded.app, password: 'hunter2-secret' }) });
    expect([refused.code, ...wrong(refused)]).toEqual([3, ['DATABASE_REFUSED', 'FAULT']]);
    expect(refused.ran.out).not.toContain('hunter2-secret');
    expect(wrong(await doctor({ DATABASE_URL: app, DATABASE_OWNER_URL: url({ ...embedded.owner, password: 'x' }) }))).toEqual([['OWNER_REFUSED', 'FAULT']]);
    expect(wrong(await doctor({ DATABASE_URL: app, DATABASE_OWNER_URL: app }))).toEqual([['OWNER_WRONG', 'FAULT']]);
    expect(wrong(await doctor({ DATABASE_URL: url(embedded.owner) }))).toEqual([['UNPROTECTED', 'WARNING'], ['PROJECTIONS_UNREADABLE', 'FAULT']]);
  }, 120_000);

  it('starts an embedded database that does not run, says so, and stops it again', async () => {
    await runtime.close();
    await embedded.close();
    const said = await doctor();
    expect(wrong(said)).toEqual([]);
    expect(said.ran.err).toContain('started to look into it');
    expect((await lookAtEmbedded(dataDir, 'main')).pid).toBeNull();
    // And one that cannot be started is told from one that may not.
    const secrets = join(embedded.home, 'cluster', 'secrets.json');
    await chmod(secrets, 0o644);
    const version = join(embedded.home, 'cluster', 'data', 'PG_VERSION');
    const found = await readFile(version, 'utf8');
    expect(wrong(await doctor())).toEqual([['SECRETS_EXPOSED', 'FAULT']]);
    await writeFile(version, '15\n');
    const old = await doctor();
    expect([old.code, ...wrong(old)]).toEqual([3, ['DATABASE_MAJOR', 'FAULT']]);
    await writeFile(version, found);
    await rm(secrets);
    expect([(await doctor()).code, ...wrong(await doctor())]).toEqual([3, ['SECRETS_UNREADABLE', 'FAULT']]);
    expect(wrong(await doctor({ ASSAY_DATA: join(folder, 'new'), OIDC_ISSUER: undefined, OIDC_AUDIENCE: undefined }))).toEqual([]);
    expect(await readdir(folder)).not.toContain('new');
  }, 120_000);
});

const cliConfigOf = (dataFolder: string): ReturnType<typeof cliConfig> => ({ dataFolder, log: 'main', token: undefined, databaseUrl: undefined, databaseOwnerUrl: undefined, oidc: null });

/** Names, sizes and modes of what lies in a data folder, the database's own files aside. */
async function entries(dataDir: string): Promise<readonly string[]> {
  const names = (await readdir(dataDir, { recursive: true })).filter((name) => !name.startsWith('cluster/data/') && !name.startsWith('postgres.log'));
  const lines = await Promise.all(names.map(async (name) => stat(join(dataDir, name)).then(({ size, mode }) => `${name} ${String(size)} ${mode.toString(8)}`)));
  return lines.toSorted((a, b) => (a < b ? -1 : 1));
}

/** The harm that only a superuser can do to a log. */
async function superuser(embedded: Embedded, dataDir: string, work: (login: Connection) => Promise<unknown>): Promise<unknown> {
  const { superuser: password } = JSON.parse(await readFile(join(homeOf(dataDir), 'cluster', 'secrets.json'), 'utf8')) as { superuser: string };
  return work({ ...embedded.owner, user: 'postgres', password });
}

async function listening(answer: (socket: { end(text: string): unknown }) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

// A server that listens on a port has an address of this shape.
const portOf = (server: Server): string => String((server.address() as AddressInfo).port);

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
