import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readyAt } from '../support/ready.js';
import { removeData } from '../support/server-processes.js';

const SERVER = 'dist/apps/api/src/main.js';
const COMMAND_LINE = 'dist/apps/cli/src/main.js';

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly screen: readonly string[];
}

let folder: string;
let server: Started;
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ASSAY_DATA: folder, PORT: '0', LOG_LEVEL: 'error' });

/** Starts the built server, with a log of one's own at its first start, and resolves with what it prints, once it says where it answers. */
function start(): Promise<Started> {
  const child = spawn(process.execPath, [SERVER, '--empty'], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  const screen: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}: ${screen.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      screen.push(line);
      const url = /GraphQL +(http:\/\/[^ ]+)\/graphql/.exec(screen.join('\n'))?.[1];
      if (url !== undefined && line.includes('Ctrl-C')) resolve({ process: child, url, screen });
    });
  });
}

function stop({ process: child }: Started): Promise<number | null> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', (code) => resolve(code));
    child.kill('SIGTERM');
  });
}

function assay(...argv: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [COMMAND_LINE, ...argv], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

async function graphql(query: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return { status: response.status, body: await response.json() };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-start-'));
  server = await start();
}, 240_000);
afterAll(async () => {
  await stop(server);
  await removeData(folder);
}, 240_000);

describe('a first start without the demo', () => {
  it('says in under a screen where to look, and prints no token into a pipe', () => {
    expect(server.screen.length).toBeLessThan(24);
    expect(server.screen.join('\n')).toContain('Assay serves the log main (demo).');
    expect(server.screen.join('\n')).not.toContain('Bearer');
  });

  it('is live and ready, and shows GraphiQL from this machine alone', async () => {
    const live = await fetch(`${server.url}/health/live`);
    const { status } = JSON.parse(await readyAt(server.url));
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect([live.status, status, page.status]).toEqual([200, 'ready', 200]);
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  it('answers nobody without a token, and the administrator with one from the command line', async () => {
    const { code, out } = await assay('token', 'admin');
    const file = out.trim();
    expect(code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await graphql('{ viewer { roles } }')).toMatchObject({ body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
    expect(await graphql('{ viewer { roles } }', (await readFile(file, 'utf8')).trim())).toMatchObject({ status: 200, body: { data: { viewer: { roles: ['ADMIN'] } } } });
  });

  it('stops on SIGTERM with 0 and serves the same log when it starts again', async () => {
    const token = (await readFile(join(folder, 'token-admin'), 'utf8')).trim();
    const before = await graphql('{ log { logId head } }', token);
    expect(await stop(server)).toBe(0);
    server = await start();
    await readyAt(server.url);
    expect(await graphql('{ log { logId head } }', token)).toEqual(before);
  }, 240_000);

  it('refuses a log that was never opened by name, with the way on', async () => {
    const child = spawn(process.execPath, [SERVER, '--log', 'elsewhere'], { env: { ...environment(), OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'assay' }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(said).toContain('open --log elsewhere');
  }, 240_000);
});
