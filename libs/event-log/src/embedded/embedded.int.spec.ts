import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeData } from '../../../../test/support/server-processes.js';
import { withClient } from '../connection.js';
import { openEmbedded, type Embedded } from './embedded.js';

const one = (embedded: Embedded): Promise<number> =>
  withClient(embedded.app, async (client) => (await client.query<{ n: number }>('SELECT 1 AS n')).rows[0]?.n ?? 0);

/** The key under which those who use a cluster have their share in its server. */
const SHARE = 7_305_520_001;
/** Resolves once we alone use the server: that a client was killed its backend notices in its own time. */
async function alone(embedded: Embedded): Promise<void> {
  await withClient(embedded.app, async (client) => {
    for (let shares = 0; shares !== 1; ) {
      const { rows } = await client.query<{ shares: number }>(`SELECT count(*)::int AS shares FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = $1`, [SHARE]);
      shares = rows[0]?.shares ?? 0;
    }
  });
}

function openInChild(folder: string): ChildProcessByStdio<Writable, Readable, null> {
  const script = ['--import', './test/support/typescript-hooks.mjs', 'test/support/open-embedded-child.ts', folder];
  return spawn(process.execPath, script, { stdio: ['pipe', 'pipe', 'inherit'] });
}

describe('embedded PostgreSQL', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-embedded-'));
  });
  afterAll(async () => {
    await removeData(folder);
  });

  it('starts, and the last of two sessions stops it', async () => {
    const [first, second] = await Promise.all([openEmbedded({ dataDir: folder }), openEmbedded({ dataDir: folder, log: 'other' })]);
    expect(await first.pid()).toBe(await second.pid());
    await first.close();
    expect(await one(second)).toBe(1);
    await second.close();
    expect(await second.pid()).toBeNull();
  }, 120_000);

  it('keeps the passwords in a file of mode 0600 and speaks through a socket folder of mode 0700', async () => {
    const embedded = await openEmbedded({ dataDir: folder });
    expect((await stat(join(embedded.home, 'cluster', 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(embedded.app.host ?? '')).mode & 0o777).toBe(0o700);
    await expect(withClient({ ...embedded.app, password: 'guessed' }, (client) => client.query('SELECT 1'))).rejects.toMatchObject({ code: '28P01' });
    await embedded.close();
  }, 120_000);

  it('finds and re-uses the server that a killed process left behind', async () => {
    const child = openInChild(folder);
    await once(child.stdout, 'data');
    const embedded = await openEmbedded({ dataDir: folder });
    const pid = await embedded.pid();
    await embedded.close();
    child.kill('SIGKILL');
    await once(child, 'close');
    const again = await openEmbedded({ dataDir: folder });
    expect(await again.pid()).toBe(pid);
    await alone(again);
    await again.close();
    expect(await again.pid()).toBeNull();
  }, 120_000);

  it('starts the server again when it is killed', async () => {
    const embedded = await openEmbedded({ dataDir: folder });
    const pid = await embedded.pid();
    process.kill(pid ?? 0, 'SIGKILL');
    let answer = 0;
    while (answer !== 1) answer = await one(embedded).catch(() => 0);
    expect(await embedded.pid()).not.toBe(pid);
    await alone(embedded);
    await embedded.close();
    expect(await embedded.pid()).toBeNull();
  }, 120_000);

  it('starts where the noted process id is another program\u2019s by now', async () => {
    const embedded = await openEmbedded({ dataDir: folder });
    const file = join(embedded.home, 'cluster', 'data', 'postmaster.pid');
    const note = await readFile(file, 'utf8');
    await embedded.close();
    await writeFile(file, note.replace(/^\d+/, String(process.pid)));
    const again = await openEmbedded({ dataDir: folder });
    expect(await one(again)).toBe(1);
    await again.close();
  }, 120_000);

  it('refuses the folder of another major version and says the way out', async () => {
    const embedded = await openEmbedded({ dataDir: folder });
    await embedded.close();
    const file = join(embedded.home, 'cluster', 'data', 'PG_VERSION');
    const found = await readFile(file, 'utf8');
    await writeFile(file, '15\n');
    await expect(openEmbedded({ dataDir: folder })).rejects.toMatchObject({ code: 'Unavailable', facts: { found: '15', needed: found.trim() } });
    await writeFile(file, found);
  }, 120_000);
});
