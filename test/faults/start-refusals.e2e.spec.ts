import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processesOn, StartedProcess } from '../support/started-process.js';
import { SmallDisk } from '../support/small-disk.js';

/** A start that is refused: one line, exit code 1, nothing left running. */
async function refusal(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = new StartedProcess('dist/apps/api/src/main.js', ['--empty'], { ASSAY_DATA: folder, PORT: '0', LOG_LEVEL: 'error', ...settings });
  expect(await server.ended).toEqual({ code: 1, signal: null });
  expect([server.out, processesOn(folder)]).toEqual(['', []]);
  expect(server.err).toMatch(/^assay: .*\n$/);
  return server.err.slice('assay: '.length, -1);
}

describe('a start that cannot be', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-refused-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('names a port that is taken, and the remedy, before it opens anything', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await refusal(folder, { PORT: String(port) })).toBe(`port ${port} is taken; choose another with PORT, e.g. PORT=${port + 1} npm start`);
    expect(existsSync(join(folder, 'cluster'))).toBe(false);
    other.close();
  });
});

const disk = SmallDisk.open();
describe('a start on a disk that will not do', () => {
  if (typeof disk === 'string') {
    it(`is declared: not run here, ${disk}`, () => {
      process.stdout.write(`disks that will not do are not tried here: ${disk}\n`);
      expect(SmallDisk.open()).toBe(disk);
    });
    return;
  }
  const folder = disk.within('data');
  afterAll(() => disk.close());

  it('names the folder where less than 1 GiB is free', async () => {
    disk.leave(100 * 2 ** 20);
    expect(await refusal(folder)).toBe(`less than 1 GiB is free where ${folder} lies; free some space, or choose another folder with ASSAY_DATA`);
  });

  it('names a folder that cannot be written to', async () => {
    disk.readOnly(true);
    expect(await refusal(folder)).toBe(`${folder} cannot be written to (EROFS); start it as the folder's owner, or choose another folder with ASSAY_DATA`);
    disk.readOnly(false);
  });
});
