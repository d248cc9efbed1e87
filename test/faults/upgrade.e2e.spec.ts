import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient, type Connection } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { readyAt } from '../support/ready.js';
import { Release, type Patch } from '../support/release.js';
import { codeOf, ServedProcess } from '../support/served-process.js';
import { StartedProcess } from '../support/started-process.js';

const OLD = 'dist/apps/api/src/main.js';
/** The view that units are read from, raised by one. */
const NEW_VIEW: readonly Patch[] = [
  { file: 'libs/read-models/src/views/company.projector.js', from: /version: 2,/, to: 'version: 3,' },
  { file: 'libs/read-models/src/generated/definition-hashes.js', from: /definitionHashes = \{/, to: "definitionHashes = { company__v3: 'of the later release'," },
];
/** Beside that: a migration of the log, and an event type in a version that the old release does not know. */
const NEW_LOG: readonly Patch[] = [
  ...NEW_VIEW,
  { file: 'libs/event-log/src/postgres/schema.js', from: /\n\];\n/, to: ",\n'CREATE TABLE assay.later (n integer)'\n];\n" },
  {
    file: 'libs/runtime/src/open-runtime.js',
    from: 'definitions: eventCatalogue,',
    to: 'definitions: { ...eventCatalogue, UnitDefined: { ...eventCatalogue.UnitDefined, version: 2 } }, upcasters: { UnitDefined: { 1: (data) => data } },',
  },
];

let database: TestDatabase;
let folder: string;
let nextView: Release;
let nextLog: Release;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'assay-upgrade-'));
  [nextView, nextLog] = [new Release(NEW_VIEW), new Release(NEW_LOG)];
}, 240_000);
afterAll(async () => {
  for (const server of started) await server.stop();
  for (const release of [nextView, nextLog]) release.remove();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}, 240_000);

const urlOf = ({ host = '', port = 5432, user = '', password = '', database: name = '' }: Connection): string => `postgres://${user}:${password}@${encodeURIComponent(host)}:${port}/${name}`;
const settings = (): Readonly<Record<string, string>> => ({ ASSAY_DATA: folder, DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner) });
const started = new Set<ServedProcess>();
async function start(script: string): Promise<ServedProcess> {
  const server = await ServedProcess.start(settings(), { script });
  started.add(server);
  await readyAt(server.url);
  return server;
}
async function stop(server: ServedProcess): Promise<void> {
  started.delete(server);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
}

/** Writes by one, and reads it by all, each from the view of its own release. Where it stands. */
async function writeAndRead(code: string, writer: ServedProcess, readers: readonly ServedProcess[]): Promise<string> {
  const position = await writer.defined(code);
  for (const reader of readers) expect(await reader.units(position)).toContain(code);
  return position;
}
const rows = async <Row extends object>(sql: string): Promise<readonly Row[]> => withClient(database.app, async (client) => (await client.query<Row>(sql)).rows);
const versions = (): Promise<readonly object[]> => rows(`SELECT version, live FROM read_model.projection WHERE name = 'company' ORDER BY version`);

describe('an old and a new release on one log', () => {
  it('serve side by side, each from its own views, and the old one takes up its own again', async () => {
    const old = await start(OLD);
    await writeAndRead('one', old, [old]);
    const next = await start(nextView.server);
    expect(await versions()).toEqual([{ version: 2, live: true }, { version: 3, live: true }]);
    await writeAndRead('two', old, [old, next]);
    await writeAndRead('three', next, [old, next]);
    await stop(old);
    const last = await writeAndRead('four', next, [next]);
    await stop(next);
    const back = await start(OLD);
    expect(await back.units(last)).toEqual(expect.arrayContaining(['one', 'two', 'three', 'four']));
    await writeAndRead('five', back, [back]);
    await stop(back);
  }, 300_000);

  it('never misread what only the new one knows: the old one says so, answers nothing from it and writes nothing over it', async () => {
    const old = await start(OLD);
    const migrations = await rows('SELECT version FROM assay.migration ORDER BY version');
    // Two at once: one migrates, the other finds it done.
    const [next, another] = await Promise.all([start(nextLog.server), start(nextLog.server)]);
    expect(await rows('SELECT version FROM assay.migration ORDER BY version')).toEqual([...migrations, { version: migrations.length + 1 }]);
    await writeAndRead('six', old, [old, next, another]);
    await writeAndRead('seven', next, [next, another]);
    while ((await old.ready()).status === 200) await delay(50);
    expect((await old.ready()).body).toContain('STOPPED');
    // Whose rights it is to judge may have changed: it answers nobody any more, and says to ask elsewhere.
    for (const answer of [await old.ask('{ units { totalCount } }'), await old.define('eight')]) expect(codeOf(answer)).toBe('UNAVAILABLE');
    expect(await next.units()).not.toContain('eight');
    await stop(old);
    const again = new StartedProcess(OLD, [], settings());
    expect(await again.ended).toEqual({ code: 1, signal: null });
    expect(again.err).toMatch(/^assay: the log's schema is of a later release \(\d+\) than this one \(\d+\); start that release again, or a later one\n$/);
    await writeAndRead('nine', another, [next, another]);
    await stop(next);
    await stop(another);
  }, 300_000);
});
