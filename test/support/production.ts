import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { homeOf, killNow, removeData, serverProcesses } from './server-processes.js';

const SERVER = 'dist/apps/api/src/main.js';
const COMMAND_LINE = 'dist/apps/cli/src/main.js';

/** A span as a collector is sent it, as far as tests look. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

/** A server process in production mode. */
export interface ProductionServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Every line it wrote, standard output and error, in order. */
  readonly lines: readonly string[];
  /** Resolves once what it wrote passes the test. */
  wrote(test: (lines: readonly string[]) => boolean): Promise<void>;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** How the processes of a log reach it, and what it is opened as. */
export interface Opening {
  /** Variables of the environment that say where the log is; none: the embedded database. */
  readonly reach?: Readonly<Record<string, string>>;
  readonly timeZone?: string;
}

/** A log in production mode with what stands around it: an issuer of tokens, and a collector of traces. */
export interface Production {
  /** What every process of the log is given. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly issuer: string;
  token(subject: string): Promise<string>;
  start(environment: Readonly<Record<string, string>>): Promise<ProductionServer>;
  /** What the collector was sent so far, as it came. */
  readonly sent: readonly string[];
  spans(): readonly SentSpan[];
  close(): Promise<void>;
}

const LOG = 'ops';
const AUDIENCE = 'assay';

/** Opens a log by the command line for the administrator `admin`, served by nobody yet. */
export async function openProduction({ reach = {}, timeZone = 'UTC' }: Opening = {}): Promise<Production> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-operations-'));
  const keys = await generateKeyPair('EdDSA');
  const key = { ...(await exportJWK(keys.publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' };
  const issuer = await double((request, respond) => {
    const discovery = { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` };
    respond(request.url === '/keys' ? { keys: [key] } : discovery);
  });
  const sent: string[] = [];
  const collector = await double((_request, respond, body) => {
    sent.push(body);
    respond({});
  });
  const environment = { ...process.env, ASSAY_DATA: folder, ASSAY_LOG: LOG, OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE, HOST: '127.0.0.1', PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...reach };
  const opening = spawn(process.execPath, [COMMAND_LINE, 'open', '--log', LOG, '--name', 'Operations', '--time-zone', timeZone, '--issuer', issuer.url, '--admin', 'admin'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => opening.once('close', (ended) => resolve(ended)));
  if (code !== 0) throw new Error(`the log was not opened: ${String(code)}`);
  return {
    environment,
    issuer: issuer.url,
    token: (subject) => new SignJWT().setProtectedHeader({ alg: 'EdDSA', kid: 'test' }).setIssuer(issuer.url).setAudience(AUDIENCE).setSubject(subject).setExpirationTime('30m').sign(keys.privateKey),
    start: (more) => startServer({ ...environment, ...more }),
    sent,
    spans: () => sent.flatMap(spansOf),
    close: async () => {
      for (const pid of serverProcesses(homeOf(folder))) killNow(pid);
      await Promise.all([issuer.close(), collector.close()]);
      await removeData(folder);
    },
  };
}

function startServer(env: NodeJS.ProcessEnv): Promise<ProductionServer> {
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let wake = (): void => undefined;
  const hear = (line: string): void => {
    lines.push(line);
    wake();
  };
  const wrote: ProductionServer['wrote'] = async (test) => {
    while (!test(lines)) await new Promise<void>((resolve) => (wake = resolve));
  };
  createInterface({ input: child.stderr }).on('line', hear);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  return new Promise((resolve, reject) => {
    void ended.then((how) => reject(new Error(`the server ended with ${String(how)}: ${lines.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      hear(line);
      const url = /Health +(http:\/\/[^ ]+)\/health\/live/.exec(lines.join('\n'))?.[1];
      if (url !== undefined) resolve({ url, process: child, lines, wrote, ended });
    });
  });
}

interface Double {
  readonly url: string;
  close(): Promise<void>;
}

/** What stands in for another service: answers JSON to whatever it is asked. */
async function double(answer: (request: IncomingMessage, respond: (body: object) => void, body: string) => void): Promise<Double> {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(request, (json) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json)), body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this shape.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${String(port)}`, close };
}

interface SentTraces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
}

function spansOf(body: string): readonly SentSpan[] {
  // OTLP in JSON, as the exporter writes it.
  const { resourceSpans } = JSON.parse(body) as SentTraces;
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
