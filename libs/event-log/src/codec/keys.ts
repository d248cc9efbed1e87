import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { appendFile, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogError } from '../errors.js';

/** The secrets of one holder: a person, an integration, or `SYSTEM` for texts that are nobody's. */
export interface HolderKey {
  readonly dataKey: Buffer;
  /** Makes nonces: the same text at the same place gives the same bytes. */
  readonly nonceKey: Buffer;
}

/**
 * Where keys live: outside the log, and outside its back-ups (`architecture.md`, Personal data).
 * `null` is a key destroyed on record; a store that cannot be read throws `KeyUnavailable`, which is retried.
 */
export interface KeyStore {
  /** The key to seal with. A holder never seen gets one; a destroyed one stays destroyed. */
  forWriting(holder: string): Promise<HolderKey | null>;
  /** The key to read with. A holder the store does not know is `KeyUnavailable`: its key was made somewhere. */
  forReading(holder: string): Promise<HolderKey | null>;
  /** Destroys a key for good; a holder without one gets the mark, so that none is made later. */
  destroy(holder: string): Promise<void>;
}

/** Where the keys of a log are kept on this machine, and whether they may be begun. */
export interface LocalKeyStoreOptions {
  /** A folder of its own, mode 0700. */
  readonly folder: string;
  readonly logId: string;
  /** Only for an empty log: afterwards a missing store is an error, never a fresh one in the place of what was lost. */
  readonly create: boolean;
  /** 32 bytes that wrap every key. Default: a file `master.key` beside the keys' folder, made with the store. */
  readonly masterKey?: Buffer;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Opens the key store in a local folder. `KeyUnavailable` where it or its master key is missing, unreadable or another log's. */
export async function openLocalKeyStore({ folder, logId, create, masterKey }: LocalKeyStoreOptions): Promise<KeyStore> {
  const own = join(folder, logId);
  try {
    if (create) await createStore(folder, own, masterKey === undefined);
    const marker = JSON.parse(await readFile(join(own, 'store.json'), 'utf8')) as { logId?: string };
    const master = masterKey ?? (await readFile(join(folder, 'master.key')));
    if (marker.logId !== logId || master.length !== KEY_BYTES) throw new Error('the key store is of another log, or its master key is broken');
    return new LocalKeyStore(own, logId, master);
  } catch (cause) {
    throw new LogError('KeyUnavailable', `the keys of log ${logId} cannot be opened in ${folder}`, { folder, logId }, cause);
  }
}

async function createStore(folder: string, own: string, withMaster: boolean): Promise<void> {
  await mkdir(own, { recursive: true, mode: 0o700 });
  if (withMaster) await writeOnce(join(folder, 'master.key'), randomBytes(KEY_BYTES));
  await writeOnce(join(own, 'store.json'), Buffer.from(JSON.stringify({ logId: own.split('/').at(-1) })));
}

/** Whole and durable, or not at all; whoever comes second leaves the first one's content. */
async function writeOnce(file: string, content: Buffer): Promise<void> {
  const draft = await writeDraft(file, content);
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(file: string, content: Buffer): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, content, { mode: 0o600, flag: 'wx' });
  const handle = await open(draft, 'r');
  await handle.sync().finally(() => handle.close());
  return draft;
}

type Entry = { readonly holder: string; readonly wrapped: string } | { readonly holder: string; readonly destroyed: true };

/** Names of the holders whose keys were made, a line each: how a lost key is told from one never made. */
const MADE_FILE = 'made';
const nameOf = (holder: string): string => createHash('sha256').update(holder).digest('hex');

/** A file's name is durable only with its folder: what an acknowledged event was sealed with must outlive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** One file per holder, each wrapped by the master key with the log and the holder as associated data. */
class LocalKeyStore implements KeyStore {
  private readonly known = new Map<string, HolderKey | null>();

  constructor(
    private readonly folder: string,
    private readonly logId: string,
    private readonly master: Buffer,
  ) {}

  async forWriting(holder: string): Promise<HolderKey | null> {
    const held = this.known.get(holder);
    if (held !== undefined) return held;
    return this.guarded(holder, async () => {
      if ((await this.read(holder)) === undefined) await this.make(holder);
      return this.existing(holder);
    });
  }

  async forReading(holder: string): Promise<HolderKey | null> {
    const held = this.known.get(holder);
    return held === undefined ? this.guarded(holder, () => this.existing(holder)) : held;
  }

  async destroy(holder: string): Promise<void> {
    await this.guarded(holder, async () => {
      const entry: Entry = { holder, destroyed: true };
      const draft = await writeDraft(this.fileOf(holder), Buffer.from(JSON.stringify(entry)));
      await rename(draft, this.fileOf(holder));
      this.known.set(holder, null);
      return null;
    });
  }

  /** A holder's first key. One that was made before and is gone is an error: a second key would hide that texts are lost. */
  private async make(holder: string): Promise<void> {
    const made = join(this.folder, MADE_FILE);
    const line = `${nameOf(holder)}\n`;
    const before = await readFile(made, 'utf8').catch(() => '');
    // Another process may have made it since it was looked for.
    if (before.includes(line) && (await this.read(holder)) !== undefined) return;
    if (before.includes(line)) throw new Error('the key was made before and is missing now');
    await writeOnce(this.fileOf(holder), this.wrap(holder, randomBytes(KEY_BYTES)));
    await appendFile(made, line, { mode: 0o600, flush: true });
    await syncFolder(this.folder);
  }

  private async existing(holder: string): Promise<HolderKey | null> {
    const entry = await this.read(holder);
    if (entry === undefined) throw new Error('no such key');
    const key = 'destroyed' in entry ? null : this.unwrap(holder, entry.wrapped);
    this.known.set(holder, key);
    return key;
  }

  private async guarded(holder: string, work: () => Promise<HolderKey | null>): Promise<HolderKey | null> {
    try {
      return await work();
    } catch (cause) {
      throw new LogError('KeyUnavailable', 'a personal key cannot be read', { holder, logId: this.logId }, cause);
    }
  }

  private fileOf(holder: string): string {
    return join(this.folder, `${nameOf(holder)}.json`);
  }

  private async read(holder: string): Promise<Entry | undefined> {
    try {
      return JSON.parse(await readFile(this.fileOf(holder), 'utf8')) as Entry;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private wrap(holder: string, secret: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.master, nonce).setAAD(Buffer.from(`${this.logId}\u0000${holder}`));
    const wrapped = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    return Buffer.from(JSON.stringify({ holder, wrapped } satisfies Entry));
  }

  private unwrap(holder: string, wrapped: string): HolderKey {
    const bytes = Buffer.from(wrapped, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.master, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(`${this.logId}\u0000${holder}`)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return holderKeyOf(Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
  }
}

function holderKeyOf(secret: Buffer): HolderKey {
  const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `assay ${use}`, KEY_BYTES));
  return { dataKey: derive('personal text'), nonceKey: derive('nonce') };
}

/** Keys that live and die with the process: tests, and dry runs that write nothing anyone keeps. */
export function memoryKeyStore(): KeyStore {
  const keys = new Map<string, HolderKey | null>();
  const reading = (holder: string): Promise<HolderKey | null> => {
    const key = keys.get(holder);
    return key === undefined ? Promise.reject(new LogError('KeyUnavailable', 'a personal key cannot be read', { holder })) : Promise.resolve(key);
  };
  return {
    forReading: reading,
    forWriting: (holder) => {
      if (!keys.has(holder)) keys.set(holder, holderKeyOf(randomBytes(KEY_BYTES)));
      return reading(holder);
    },
    destroy: (holder) => {
      keys.set(holder, null);
      return Promise.resolve();
    },
  };
}
