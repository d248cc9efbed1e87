import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { underStartLock } from '@assay/event-log';

/** The right to serve a log from its folder, which one process has at a time. */
export interface FolderHold {
  /** Tells those who start on the same folder where this one answers, now and from now on. */
  announce(url: string): void;
  release(): Promise<void>;
}

/** Unix sockets take a path of about 100 bytes. */
const PATH_BYTES_MAX = 100;
const ANSWER_MS_MAX = 2000;

/**
 * Takes the right to serve a log from a folder, or answers where the process serves that has it (`api.md`, First start): once
 * that one answers, since it may itself be starting. `waiting` is called where that takes a wait. The right is a Unix socket that somebody
 * listens on: the kernel takes it from a process that was killed, and no process id can be mistaken for another's.
 */
export async function holdFolder(dataDir: string, log: string, options: { readonly signal?: AbortSignal; readonly waiting?: () => void } = {}): Promise<FolderHold | { readonly servedAt: string }> {
  const path = socketPath(dataDir, log);
  for (;;) {
    const found = await underStartLock(join(dataDir, `serving-${log}.lock`), () => listenOrConnect(path), options.signal);
    if (!('holder' in found)) return found;
    const servedAt = await addressFrom(found.holder, options);
    if (servedAt !== '') return { servedAt };
  }
}

/**
 * Where the log of a folder is served now: null where nobody serves it, empty where somebody is about to and does not say
 * within two seconds. Takes nothing.
 */
export async function servedAt(dataDir: string, log: string): Promise<string | null> {
  const holder = connect(socketPath(dataDir, log)).on('error', () => undefined);
  try {
    await once(holder, 'connect');
  } catch {
    return null;
  }
  return addressFrom(holder, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch(() => '');
}

function socketPath(dataDir: string, log: string): string {
  const own = join(resolve(dataDir), `serving-${log}.sock`);
  const path = [own, relative('', own)].find((one) => Buffer.byteLength(one) <= PATH_BYTES_MAX);
  return path ?? join(tmpdir(), `assay-${createHash('sha256').update(own).digest('hex').slice(0, 16)}.sock`);
}

/** Under a lock: two that find the socket of a dead process must not both clear it away. */
async function listenOrConnect(path: string): Promise<FolderHold | { readonly holder: Socket }> {
  const holder = connect(path).on('error', () => undefined);
  try {
    await once(holder, 'connect');
    return { holder };
  } catch {
    await rm(path, { force: true });
    return listen(path);
  }
}

async function listen(path: string): Promise<FolderHold> {
  let url: string | null = null;
  const asking = new Set<Socket>();
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined).on('close', () => asking.delete(socket));
    if (url === null) asking.add(socket);
    else socket.end(url);
  });
  server.listen(path);
  await once(server, 'listening');
  // Holding the folder keeps nobody from ending.
  server.unref();
  return {
    announce: (address) => {
      url = address;
      for (const socket of asking) socket.end(address);
    },
    release: async () => {
      for (const socket of asking) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** What the holder says; empty where it ends before it has answered to anybody. */
async function addressFrom(holder: Socket, { signal, waiting }: { readonly signal?: AbortSignal; readonly waiting?: () => void }): Promise<string> {
  let said = '';
  const ended = holder.destroyed ? Promise.resolve() : new Promise<void>((done) => holder.once('close', () => done()));
  const stop = (): void => void holder.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  const patience = setTimeout(() => waiting?.(), PATIENCE_MS);
  holder.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  await ended;
  clearTimeout(patience);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  return said;
}

/** Who serves already answers at once. */
const PATIENCE_MS = 500;
