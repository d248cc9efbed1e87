/**
 * Attacks a server in every way of the table below, one at a time, as its standard input says: `start <attack>`, `stop`.
 * A process of its own, so that what it does does not slow the client that measures. Says `begun` once the first blow was
 * struck, and on `stop` the outcomes it met and the share of a processor it took, when everything it held is let go again.
 * `start burn 0.2` takes such a share and leaves the server in peace: what an attack costs by running on the same machine.
 */
import type { EventEmitter } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

interface Target {
  readonly url: string;
  /** A token of somebody whom the log knows; not of the client that is to be served meanwhile. */
  readonly insider: string;
}
/** What an attack may use; all of it is let go at its end. */
class Attack {
  over = false;
  /** By the code of an answer, its status where it has none, the code a socket was closed with, `cut`, or what was done. */
  readonly outcomes: Record<string, number> = {};
  private readonly held = new Set<{ destroy(): unknown }>();
  private readonly port: number;
  constructor(readonly target: Target) {
    this.port = Number(new URL(target.url).port);
  }

  /** Asks again and again on so many connections at once, each time as soon as it is answered. */
  async ask(address: string, connections: number, next: () => { readonly body: string; readonly authorization?: string; readonly path?: string }): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.held.add(agent);
    const loop = async (): Promise<void> => {
      while (!this.over) this.count(await this.post(agent, address, next()));
    };
    await Promise.all(Array.from({ length: connections }, loop));
  }

  /** A connection on which anything may be written. */
  async open(address: string): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: address });
    this.held.add(socket);
    socket.on('error', () => undefined).once('close', () => this.held.delete(socket));
    socket.resume();
    await eitherOf(socket, ['connect', 'close']);
    return socket;
  }

  /** A WebSocket, acknowledged where the token holds; closed where the server would not have it. */
  async socket(address: string, token: string): Promise<WebSocket> {
    const socket = new WebSocket(`${this.target.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { localAddress: address, perMessageDeflate: false });
    const held = { destroy: () => socket.terminate() };
    this.held.add(held);
    socket.on('error', () => undefined);
    socket.once('close', (code) => (this.held.delete(held), this.count(String(code))));
    await eitherOf(socket, ['open', 'close']);
    if (socket.readyState !== WebSocket.OPEN) return socket;
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    await eitherOf(socket, ['message', 'close']);
    return socket;
  }

  count(outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }

  end(): void {
    this.over = true;
    for (const one of this.held) one.destroy();
  }

  private post(agent: Agent, localAddress: string, { body, authorization, path = '/graphql' }: { readonly body: string; readonly authorization?: string; readonly path?: string }): Promise<string> {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...(authorization === undefined ? {} : { authorization }) };
    return new Promise((resolve) => {
      const sent = request(`${this.target.url}${path}`, { method: path === '/graphql' ? 'POST' : 'GET', agent, localAddress, headers }, (answer) => {
        let code: string | undefined;
        answer.once('data', (chunk: Buffer) => (code = /^\{"errors":.*?"code":"([A-Z_]+)"/.exec(chunk.toString('utf8'))?.[1]));
        answer.once('close', () => resolve(answer.complete ? (code ?? String(answer.statusCode)) : 'cut'));
      });
      sent.once('error', () => resolve('cut'));
      sent.end(body);
    });
  }
}

/** Unlike `once` of node:events it takes an error, after which a connection is closed, for nothing of its own. */
const eitherOf = (emitter: EventEmitter, events: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    for (const event of events) emitter.once(event, () => resolve());
  });

let serial = 0;
const fresh = (): string => `q${String((serial += 1))}`;
const chain = (length: number): string => Array.from({ length }, (_, index) => `fragment F${String(index)} on Query { ...F${String(index + 1)} ...F${String(index + 1)} }`).join(' ');
/** Documents that were dear to check once; each time with another name, so that none is known already. */
const DOCUMENTS: readonly ((name: string) => string)[] = [
  (name) => `query ${name} { ...F0 } ${chain(30)} fragment F30 on Query { viewer { roles } }`,
  (name) => `query ${name} { viewer { roles } } fragment F on Query { ${'node(id: "a") { id } '.repeat(540)} }`,
  (name) => `query ${name} ${'{ a '.repeat(2_400)}`,
  (name) => `query ${name} { viewer { ${'roles '.repeat(101)} } }`,
  (name) => `query ${name} { viewer { ${Array.from({ length: 700 }, (_, index) => `x${String(index)}`).join(' ')} } }`,
  (name) => `query ${name} (${Array.from({ length: 1_200 }, (_, index) => `$v${String(index)}: ID`).join(' ')}) { viewer { roles } }`,
  (name) => `query ${name} { people(filter: { ${Array.from({ length: 1_200 }, (_, index) => `x${String(index)}: 1`).join(' ')} }) { totalCount } }`,
];
const hostileDocument = (): { readonly body: string } => ({ body: JSON.stringify({ query: DOCUMENTS[serial % DOCUMENTS.length]?.(fresh()) }) });
const HUGE = JSON.stringify({ query: 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', variables: { v: Array.from({ length: 40_000 }, () => ({})) } });
const DEAR = '{ events(first: 100) { totalCount nodes { id type json actor { name } } } people(first: 100) { totalCount nodes { name manager { name } } } }';
const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (): string => `${b64({ alg: 'EdDSA', kid: serial % 2 === 0 ? 'test' : fresh() })}.${b64({ sub: fresh(), exp: 4e9 })}.${'A'.repeat(86)}`;
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const SMALL = JSON.stringify({ query: `{ ${Array.from({ length: 29 }, (_, index) => `a${String(index)}: __typename`).join(' ')} }` });
const subscribe = (id: string): string => JSON.stringify({ type: 'subscribe', id, payload: { query: 'subscription { eventRecorded(after: "0") { position event { id type } } }' } });

const ATTACKS: Readonly<Record<string, (attack: Attack) => Promise<unknown>>> = {
  'hostile documents': (attack) => attack.ask('127.0.0.11', 8, hostileDocument),
  'huge variables': (attack) => attack.ask('127.0.0.12', 4, () => ({ body: HUGE })),
  'forged tokens': (attack) => attack.ask('127.0.0.13', 8, () => ({ body: SMALL, authorization: `Bearer ${forged()}` })),
  'dear queries of an insider': (attack) => attack.ask('127.0.0.14', 30, () => ({ body: JSON.stringify({ query: DEAR }), authorization: `Bearer ${attack.target.insider}` })),
  'probes': (attack) => attack.ask('127.0.0.15', 8, () => ({ body: '', path: '/health/ready' })),
  'slow requests': async (attack) => {
    const sockets = await Promise.all(Array.from({ length: 400 }, () => attack.open('127.0.0.16')));
    for (const [index, socket] of sockets.entries()) socket.write(index % 2 === 0 ? `${HEAD}X-Slow: ` : `${HEAD}Content-Length: 200000\r\n\r\n{`);
    attack.count('held');
    while (!attack.over) {
      for (const socket of sockets) if (socket.writable) socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  'answers that nobody reads': async (attack) => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => attack.open('127.0.0.17')));
    for (const socket of sockets) socket.pause().write(`${HEAD}Content-Length: ${String(SMALL.length)}\r\n\r\n${SMALL}`.repeat(2_000));
    attack.count('held');
  },
  'requests without end': async (attack) => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => attack.open('127.0.0.21')));
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
    attack.count('held');
  },
  'connections': async (attack) => {
    while (!attack.over) {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => attack.open('127.0.0.18')));
      attack.count('opened');
      if (serial++ % 20 < 12) continue;
      for (const socket of sockets) socket.destroy();
    }
  },
  'sockets and subscriptions': async (attack) => {
    const loop = async (): Promise<void> => {
      while (!attack.over) {
        const socket = await attack.socket('127.0.0.19', serial++ % 2 === 0 ? attack.target.insider : forged());
        for (let index = 0; index < 60 && socket.readyState === WebSocket.OPEN; index += 1) socket.send(subscribe(fresh()));
        for (let index = 0; index < 200 && socket.readyState === WebSocket.OPEN; index += 1) socket.send('{"type":"ping"}');
        if (socket.readyState === WebSocket.OPEN) await eitherOf(socket, ['close']);
      }
    };
    await Promise.all(Array.from({ length: 8 }, loop));
  },
  'subscribers that do not read': async (attack) => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => attack.socket('127.0.0.20', attack.target.insider)));
    for (const socket of sockets) {
      socket.pause();
      for (let index = 0; index < 20 && socket.readyState === WebSocket.OPEN; index += 1) socket.send(subscribe(fresh()));
      const padding = 'x'.repeat(60_000);
      for (let index = 0; index < 50 && socket.readyState === WebSocket.OPEN; index += 1) socket.send(JSON.stringify({ type: 'ping', payload: { padding } }));
    }
    attack.count('held');
  },
};

/** Takes a share of a processor, a little at a time. */
async function burn(attack: Attack, share: number): Promise<void> {
  attack.count('burning');
  while (!attack.over) {
    for (const until = performance.now() + share * SLICE_MS; performance.now() < until; );
    await new Promise((resolve) => setTimeout(resolve, (1 - share) * SLICE_MS));
  }
}
const SLICE_MS = 10;

// Attackers have machines of their own; what this one takes of the processors is to be what the others leave.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
// Written by the test that starts this process.
const target = JSON.parse(process.argv[2] ?? '{}') as Target;
let running: { readonly attack: Attack; readonly done: Promise<unknown>; readonly since: number; readonly used: NodeJS.CpuUsage } | undefined;
say({ attacks: Object.keys(ATTACKS) });
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('start ')) {
    const attack = new Attack(target);
    const [since, used, name] = [performance.now(), process.cpuUsage(), line.slice('start '.length)];
    const begun = name.startsWith('burn ') ? burn(attack, Number(name.slice('burn '.length))) : ATTACKS[name]?.(attack);
    running = { attack, done: begun ?? Promise.reject(new Error(`there is no attack ${line}`)), since, used };
    while (Object.keys(attack.outcomes).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    say({ begun: line });
  } else if (running) {
    const { user, system } = process.cpuUsage(running.used);
    const share = Math.min(0.9, (user + system) / 1000 / (performance.now() - running.since));
    running.attack.end();
    await running.done;
    say({ outcomes: running.attack.outcomes, share });
  }
}
