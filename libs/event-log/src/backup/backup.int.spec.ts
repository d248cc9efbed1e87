import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV5 } from '@assay/domain';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { withClient, type Connection } from '../connection.js';
import type { AppendEvent, StoredEvent } from '../port.js';
import { START } from '../port.js';
import { openPostgresLog } from '../postgres/postgres-log.js';
import { backupLog } from './backup-log.js';
import { openBackup, verifyBackup } from './read-backup.js';
import { restoreLog } from './restore-log.js';

const NAMES = '0f5a7b9e-33cf-5d1c-9d0a-1f2f6a1e9b77';
const STATED = { assayVersion: '9.9.9', log: 'tested', mode: 'production' } as const;
/** Whatever a text can hold that COPY, bytea or a line could trip over. */
const AWKWARD = ['\\', '\\x7b7d', '\\\\', '\\.', 'tab\there', 'line\nfeed\r\n', '"quoted" \\" \'', '\\N', '你好 🀄 é', '\u2028\u2029', '\u0001\u001f\u007f', '{}', ''];

const event = (name: string, data: AppendEvent['data']): AppendEvent => ({ id: uuidV5(NAMES, name), type: 'Tested', schemaVersion: 3, data, meta: { actor: { id: `a\\${name}` }, commandId: name } });

/** Some 3,000 events on streams with awkward names, the longest body among them, appended as any other. */
async function fill(app: Connection): Promise<void> {
  const log = await openPostgresLog({ app });
  try {
    await log.append('first-\\awkward\tname', AWKWARD.map((text, index) => event(`awkward ${String(index)}`, { [text]: text })), 'NO_STREAM');
    await log.append('values', [event('text', '\\x'), event('number', 12.5), event('null', null), event('list', ['\\'])], 'NO_STREAM');
    const appends = Array.from({ length: 6 }, (_, stream) => log.append(`many-${String(stream)}`, Array.from({ length: 500 }, (_unused, index) => event(`${String(stream)} ${String(index)}`, { index })), 'NO_STREAM'));
    await Promise.all(appends);
    await log.append('long', [event('long', '\\'.repeat(400_000))], 'NO_STREAM');
  } finally {
    await log.close();
  }
}

/** Everything that the port gives back, bytes as text. */
async function contents(app: Connection): Promise<{ readonly id: string; readonly events: readonly unknown[] }> {
  const log = await openPostgresLog({ app });
  try {
    const plain = ({ id, stream, revision, position, type, schemaVersion, body, metaBytes, recordedAt, cursor }: StoredEvent) => ({ id, stream, revision, position, type, schemaVersion, body: Buffer.from(body).toString(), meta: Buffer.from(metaBytes).toString(), recordedAt, cursor });
    return { id: log.id, events: (await log.readAll({ after: START })).map(plain) };
  } finally {
    await log.close();
  }
}

const logRow = (owner: Connection) => withClient(owner, async (client) => (await client.query<{ row: string }>(`SELECT to_jsonb(l)::text || (SELECT count(*) || coalesce(md5(string_agg(e::text, '' ORDER BY position)), '') FROM assay.event e) AS row FROM assay.log l`)).rows[0]?.row);

describe('a back-up of a log', () => {
  let folder: string;
  let source: TestDatabase;
  let file: string;
  const targets: TestDatabase[] = [];
  const target = async (): Promise<TestDatabase> => {
    const made = await testDatabase();
    targets.push(made);
    return made;
  };
  const restored = (to: TestDatabase, from = file) => restoreLog({ app: to.app, owner: to.owner, file: from, followers: [] });
  const altered = async (name: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
    const made = join(folder, name);
    await writeFile(made, change(Buffer.from(await readFile(file))));
    return made;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-backup-'));
    source = await testDatabase();
    await (await openPostgresLog({ app: source.app, owner: source.owner })).close();
    await fill(source.app);
    await withClient(source.owner, (client) => client.query('UPDATE assay.log SET offset_ms = 86400000, step_accepted_at = 12345'));
    file = join(folder, 'log.backup');
    await backupLog({ app: source.app, file, stated: STATED });
  }, 60_000);
  afterAll(async () => {
    for (const one of [source, ...targets]) await one.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is one whole file for its owner alone, and says what it holds', async () => {
    const { events, id } = await contents(source.app);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['log.backup']);
    const { header } = await openBackup(file);
    expect(header).toMatchObject({ ...STATED, logId: id, events: events.length, firstPosition: 0, lastPosition: events.length - 1, clock: { simulated: false, offsetMs: 86_400_000, stepAcceptedAt: 12_345 } });
  });

  it('gives back the same log: id, clock, positions, ids, bytes, times, and the same back-up again', async () => {
    const to = await target();
    const summary = await restored(to);
    expect(await contents(to.app)).toEqual(await contents(source.app));
    expect(await logRow(to.owner)).toBe(await logRow(source.owner));
    expect(summary.sha256).toBe(await verifyBackup(await openBackup(file)));
    const again = join(folder, 'again.backup');
    await backupLog({ app: to.app, file: again, stated: STATED });
    const rows = (text: string): readonly string[] => text.split('\n').filter((line) => /^\d/.test(line));
    expect(rows(await readFile(again, 'utf8'))).toEqual(rows(await readFile(file, 'utf8')));
    await rm(again);
  });

  it('is appended to as before, by a login that can do no more than before', async () => {
    const to = targets[0] ?? (await target());
    const log = await openPostgresLog({ app: to.app, owner: to.owner });
    const head = (await log.head()).position;
    expect(log.protection).toBe('PROTECTED');
    expect(await log.append('values', [event('later', 1)], 3)).toMatchObject({ revision: 4, position: head + 1 });
    await expect(log.append('values', [event('text', 'other')], 'NO_STREAM')).rejects.toMatchObject({ code: 'DuplicateMismatch' });
    await log.close();
  });

  it('is as of one moment while others append, and is called off without a trace', async () => {
    const to = targets[0] ?? (await target());
    const during = join(folder, 'during.backup');
    const log = await openPostgresLog({ app: to.app });
    const appending: Promise<unknown>[] = [];
    const onProgress = (): void => void appending.push(log.append(`during-${String(appending.length)}`, [event(`during ${String(appending.length)}`, {})], 'NO_STREAM'));
    const { header, sha256 } = await backupLog({ app: to.app, file: during, stated: STATED, onProgress });
    await Promise.all(appending);
    expect(appending.length).toBeGreaterThan(2);
    expect((await log.head()).position).toBe(header.lastPosition + appending.length);
    expect(await verifyBackup(await openBackup(during))).toBe(sha256);
    await rm(during);
    const stop = new AbortController();
    await expect(backupLog({ app: to.app, file: during, stated: STATED, signal: stop.signal, onProgress: () => stop.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    await log.close();
    expect(await readdir(folder)).toEqual(['log.backup']);
  });

  it.each([
    ['a byte of an event', (bytes: Buffer) => bytes.fill('7', bytes.indexOf('"index":250'), bytes.indexOf('"index":250') + 1), /positions 0 to 999 /],
    ['a byte of a mark', (bytes: Buffer) => bytes.fill('0', bytes.indexOf('\n{"upTo":1999,"sha256":"') + 30, bytes.indexOf('\n{"upTo":1999,"sha256":"') + 33), /positions 1000 to 1999 /],
    ['its clock', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"offsetMs":86400000', '"offsetMs":86400001'), 'latin1'), /positions 0 to 999 /],
    ['a lost event', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.indexOf('\n1500\t')), bytes.subarray(bytes.indexOf('\n1501\t'))]), /should hold position 1500/],
    ['the end cut off in a row', (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('\n2345\t') + 20), /cut off after position 2344 of 3017/],
    ['the end cut off between two rows', (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('\n2345\t') + 1), /cut off after position 2344 of 3017/],
    ['nothing but the header', (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('\n') + 1), /cut off after position -1 of 3017/],
    ['something after the end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('3018\tmore\n')]), /something follows its end/],
  ])('is refused, naming the place, with %s damaged, and leaves the log empty', async (_, change, message) => {
    const damaged = await altered('damaged.backup', change);
    const to = targets[1] ?? (await target());
    await expect(restored(to, damaged)).rejects.toMatchObject({ code: 'BackupDamaged', message: expect.stringMatching(message) });
    expect((await contents(to.app)).events).toEqual([]);
    await rm(damaged);
  });

  it.each([
    ['no back-up', () => Buffer.from('{"format":"something else"}\n')],
    ['nothing', () => Buffer.alloc(0)],
    ['a later form', (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"formatVersion":1', '"formatVersion":2'), 'latin1')],
  ])('is told from %s', async (_, change) => {
    await expect(openBackup(await altered('foreign.backup', change))).rejects.toMatchObject({ code: 'BackupForeign' });
    await rm(join(folder, 'foreign.backup'));
  });

  it('refuses a forged order, though every digest fits it', async () => {
    const forged = await altered('forged.backup', (bytes) => bytes);
    const { header, headerLine } = await openBackup(file);
    const { digestFrom, hexOf } = await import('./format.js');
    const text = await readFile(file, 'utf8');
    const [row = ''] = text.split('\n').filter((line) => line.startsWith('0\t'));
    const line = Buffer.from(headerLine.toString().replace(`"events":${String(header.events)}`, '"events":1').replace(`"lastPosition":${String(header.lastPosition)}`, '"lastPosition":0'));
    const moved = `${row.split('\t').map((value, index) => (index === 2 ? '7' : value)).join('\t')}\n`;
    await writeFile(forged, `${line.toString()}${moved}${JSON.stringify({ upTo: 0, sha256: hexOf(digestFrom(line).update(moved)), end: true })}\n`);
    const to = targets[1] ?? (await target());
    await expect(restored(to, forged)).rejects.toMatchObject({ code: 'BackupDamaged', message: expect.stringContaining('no log can have') });
    await rm(forged);
  });

  it('goes into an empty log only, and not while another is connected to it', async () => {
    await expect(restored(targets[0] ?? source)).rejects.toMatchObject({ code: 'LogNotEmpty' });
    const to = targets[1] ?? (await target());
    await withClient(to.app, async (client) => {
      await client.query('SELECT 1');
      await expect(restored(to)).rejects.toMatchObject({ code: 'LogInUse' });
    });
    expect((await contents(to.app)).events).toEqual([]);
  }, 20_000);

  it('leaves an empty log when the restore is killed, and goes into that log afterwards', async () => {
    const to = targets[1] ?? (await target());
    const child = spawn(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'test/support/restore-child.ts', JSON.stringify({ app: to.app, owner: to.owner, file })], { stdio: 'inherit' });
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    expect((await contents(to.app)).events).toEqual([]);
    await restored(to);
    expect(await contents(to.app)).toEqual(await contents(source.app));
  }, 30_000);

  it('replaces no file, and is not made of an empty log or into a folder that is not there', async () => {
    await expect(backupLog({ app: source.app, file, stated: STATED })).rejects.toMatchObject({ code: 'FileExists' });
    await expect(backupLog({ app: source.app, file: join(folder, 'no', 'such'), stated: STATED })).rejects.toMatchObject({ code: 'FileUnwritable' });
    const to = await target();
    await (await openPostgresLog({ app: to.app, owner: to.owner })).close();
    await expect(backupLog({ app: to.app, file: join(folder, 'empty'), stated: STATED })).rejects.toMatchObject({ code: 'LogEmpty' });
    expect(await readdir(folder)).toEqual(['log.backup']);
  });
});
