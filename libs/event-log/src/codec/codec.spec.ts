import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineEvents, personalText, sha256Hex, text, uuidV5, type EventMeta } from '@assay/domain';
import { z } from 'zod';
import { EventStore } from '../event-store.js';
import { MemoryLog } from '../memory/memory-log.js';
import type { StoredEvent } from '../port.js';
import { EventCodec, type NewDomainEvent } from './codec.js';
import { memoryKeyStore, openLocalKeyStore, type KeyStore } from './keys.js';
import { personalFieldsOf } from './personal-fields.js';

const LOG = '0b9e9a64-5f0e-5c07-9d0c-1f4f2c0f7a11';
const definitions = defineEvents({
  NoteTaken: {
    version: 2,
    doc: 'A note.',
    data: z.strictObject({ code: text(20), note: personalText(), lines: z.array(z.strictObject({ by: text(20), said: personalText().optional() })) }),
  },
});
const meta = (more: Partial<EventMeta> = {}): EventMeta => ({ actor: 'ada', authority: 'MANAGER', commandId: uuidV5(LOG, 'c'), commandDigest: '0'.repeat(64), correlationId: uuidV5(LOG, 'c'), ...more });
const note = (name: string, said = 'well done'): NewDomainEvent => ({
  id: uuidV5(LOG, name),
  type: 'NoteTaken',
  data: { code: 'N-1', note: 'about Bo', lines: [{ by: 'x', said }, { by: 'y', said: undefined }] },
  meta: meta({ subject: 'bo', reason: 'because' }),
});

function storeOver(log: MemoryLog, keys: KeyStore): EventStore {
  const upcasters = { NoteTaken: { 1: (data: unknown) => ({ ...(data as object), lines: [] }) } };
  return new EventStore(log, new EventCodec({ definitions, keys, upcasters }));
}
const newLog = (): MemoryLog => new MemoryLog({ id: LOG, clock: () => 1000 });
const storedOf = async (log: MemoryLog): Promise<StoredEvent> => (await log.readAll({}))[0] ?? Promise.reject(new Error('empty'));

describe('codec', () => {
  it('seals personal texts, reason included, leaves the rest readable, and gives back what went in', async () => {
    const log = newLog();
    const store = storeOver(log, memoryKeyStore());
    await store.append('n-1', [note('1')], 'NO_STREAM');
    const stored = await storedOf(log);
    expect(stored.bodyText).toContain('"code":"N-1"');
    expect(`${stored.bodyText} ${stored.metaText}`).not.toMatch(/about Bo|well done|because/);
    const [event] = await store.readStream('n-1');
    expect(event).toMatchObject({ data: { code: 'N-1', note: 'about Bo', lines: [{ by: 'x', said: 'well done' }, { by: 'y' }] }, meta: { reason: 'because', subject: 'bo' } });
    expect(event?.erased).toBeUndefined();
  });

  it('gives the same bytes for the same append, other bytes for another text or place', async () => {
    const keys = memoryKeyStore();
    const bytesOf = async (event: NewDomainEvent, revision: number): Promise<string> =>
      JSON.stringify(await new EventCodec({ definitions, keys }).encode('n-1', [event], revision));
    expect(await bytesOf(note('1'), 0)).toBe(await bytesOf(note('1'), 0));
    expect(await bytesOf(note('1'), 1)).not.toBe(await bytesOf(note('1'), 0));
    expect(await bytesOf(note('1', 'other'), 0)).not.toBe(await bytesOf(note('1'), 0));
  });

  it('reads a destroyed key as null and says where, and refuses to seal with it', async () => {
    const keys = memoryKeyStore();
    const store = storeOver(newLog(), keys);
    await store.append('n-1', [note('1')], 'NO_STREAM');
    await keys.destroy('bo');
    const [event] = await store.readStream('n-1');
    expect(event).toMatchObject({ data: { code: 'N-1', note: null }, erased: ['/lines/0/said', '/note', 'meta/reason'] });
    await expect(store.append('n-1', [note('2')], 0)).rejects.toMatchObject({ code: 'InvalidEvent' });
  });

  it('calls a text that was moved to another place a defect', async () => {
    const keys = memoryKeyStore();
    const codec = new EventCodec({ definitions, keys });
    const log = newLog();
    const encoded = await codec.encode('n-1', [note('1')], 0);
    await log.append('n-2', encoded, 'NO_STREAM');
    await expect(new EventStore(log, codec).readStream('n-2')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('upcasts what an older release wrote, tells what a later one wrote, and calls broken data a defect', async () => {
    const log = newLog();
    const store = storeOver(log, memoryKeyStore());
    const plain = { id: uuidV5(LOG, 'old'), type: 'NoteTaken', meta: { ...meta() } };
    await log.append('n-1', [{ ...plain, schemaVersion: 1, data: { code: 'N-1', note: 'clear' } }], 'NO_STREAM');
    expect((await store.readStream('n-1'))[0]).toMatchObject({ schemaVersion: 2, data: { code: 'N-1', note: 'clear', lines: [] } });
    await log.append('n-3', [{ ...plain, id: uuidV5(LOG, 'new'), schemaVersion: 3, data: {} }], 'NO_STREAM');
    await log.append('n-4', [{ ...plain, id: uuidV5(LOG, 'unknown'), type: 'Unknown', schemaVersion: 1, data: {} }], 'NO_STREAM');
    for (const stream of ['n-3', 'n-4']) await expect(store.readStream(stream)).rejects.toMatchObject({ code: 'LaterRelease', retryable: false });
    await expect(store.append('n-5', [{ ...note('5'), data: { code: 7 } }], 'NO_STREAM')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('finds personal fields through every kind of wrapper', () => {
    const schema = z.strictObject({
      a: z.union([z.strictObject({ x: personalText() }), z.strictObject({ x: z.number() })]).optional(),
      b: z.record(z.string(), personalText().nullable()),
      c: text(),
    });
    const each = { kind: 'EACH', item: { kind: 'TEXT' } };
    expect(personalFieldsOf(schema)).toEqual({ kind: 'MEMBERS', members: new Map<string, unknown>([['a', { kind: 'MEMBERS', members: new Map([['x', { kind: 'TEXT' }]]) }], ['b', each]]) });
    expect(personalFieldsOf(z.strictObject({ c: text() }))).toBeNull();
  });
});

describe('local key store', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'assay-keys-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('[I13] gives the same bytes after a restart, from files of mode 0600 that hold no key in clear', async () => {
    const encodeWith = async (create: boolean): Promise<string> => {
      const keys = await openLocalKeyStore({ folder, logId: LOG, create });
      return JSON.stringify(await new EventCodec({ definitions, keys }).encode('n-1', [note('1')], 0));
    };
    expect(await encodeWith(true)).toBe(await encodeWith(false));
    for (const name of await readdir(join(folder, LOG))) expect((await stat(join(folder, LOG, name))).mode & 0o777).toBe(0o600);
  });

  it('two processes that meet a new person at once make one key', async () => {
    const stores = await Promise.all([1, 2].map(() => openLocalKeyStore({ folder, logId: LOG, create: true })));
    const [a, b] = await Promise.all(stores.map((store) => store.forWriting('cy')));
    expect(a?.dataKey.equals(b?.dataKey ?? Buffer.alloc(0))).toBe(true);
  });

  it('makes no second key where the first one was lost', async () => {
    await (await openLocalKeyStore({ folder, logId: LOG, create: false })).forWriting('dee');
    await rm(join(folder, LOG, `${sha256Hex('dee')}.json`));
    const store = await openLocalKeyStore({ folder, logId: LOG, create: false });
    await expect(store.forWriting('dee')).rejects.toMatchObject({ code: 'KeyUnavailable' });
  });

  it('remembers a destroyed key', async () => {
    await (await openLocalKeyStore({ folder, logId: LOG, create: false })).destroy('cy');
    const store = await openLocalKeyStore({ folder, logId: LOG, create: false });
    expect(await store.forReading('cy')).toBeNull();
    expect(await store.forWriting('cy')).toBeNull();
  });

  it('is unavailable where it is missing, of another master key, or broken; it never begins anew', async () => {
    await expect(openLocalKeyStore({ folder: join(folder, 'none'), logId: LOG, create: false })).rejects.toMatchObject({ code: 'KeyUnavailable' });
    const other = await openLocalKeyStore({ folder, logId: LOG, create: false, masterKey: Buffer.alloc(32) });
    await expect(other.forReading('bo')).rejects.toMatchObject({ code: 'KeyUnavailable', retryable: true });
    const store = await openLocalKeyStore({ folder, logId: LOG, create: false });
    await expect(store.forReading('nobody seen')).rejects.toMatchObject({ code: 'KeyUnavailable' });
    const master = join(folder, 'master.key');
    const held = await readFile(master);
    await chmod(master, 0o600);
    await writeFile(master, 'short');
    await expect(openLocalKeyStore({ folder, logId: LOG, create: false })).rejects.toMatchObject({ code: 'KeyUnavailable' });
    await writeFile(master, held);
  });
});
