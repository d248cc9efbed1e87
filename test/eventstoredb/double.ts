import { Server, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append, batchAppend } from './append-calls.js';
import { CallFailure, internal, type Endpoint } from './failures.js';
import { Faults } from './faults.js';
import { LiveSubscriptions } from './live-subscriptions.js';
import type { Node } from './node.js';
import { deleteStream, gossip, supportedMethods, tombstone } from './other-calls.js';
import { read } from './read-calls.js';
import { RecordLog } from './record-log.js';
import { SocketGate } from './socket-gate.js';
import { transport, type Transport } from './transport.js';

export interface DoubleOptions {
  /** Whether the server lists BatchAppend, by which the client prefers to append. It does where left out. */
  readonly batchAppend?: boolean;
  /** Whether it speaks TLS, with a certificate made for it, and asks for credentials. */
  readonly tls?: boolean;
  /** Names and passwords, over TLS; admin and ops with `changeit` where left out, as on a fresh server. */
  readonly users?: Readonly<Record<string, string>>;
  /** The leader that it follows, whose log it does not have: it answers from its own, or names the leader to whoever demands it. It leads where left out. */
  readonly follows?: Endpoint;
  /** After every so many appends the server writes a system event of its own. */
  readonly systemEventEvery?: number;
}

/** How a client is to connect. */
export interface UrlOptions {
  /** `name:password`; null for nobody. The first of the users where left out. */
  readonly credentials?: string | null;
  /** Whether the client is told of the certificate's authority. */
  readonly authority?: boolean;
  readonly tls?: boolean;
  /** Whether the client asks the server's gossip first. */
  readonly discover?: boolean;
}

const USERS = { admin: 'changeit', ops: 'changeit' };
const SCAVENGES_METADATA = '{"$maxAge":2592000,"$acl":{"$r":"$ops","$w":[],"$d":[],"$mr":[],"$mw":[]}}';

// What the real server accepts, so that its own bound is met first.
const MESSAGE_BYTES_MAX = 17 * 1024 * 1024;

/** An EventStoreDB in the process of a test: real gRPC on a loopback port, recorded answers, and faults on demand. */
export class EventStoreDouble {
  /** What is to happen to the next calls. */
  readonly faults: Faults;
  /** The subscriptions that are open now, to end or to mislead. */
  readonly subscriptions: LiveSubscriptions;

  private constructor(
    private readonly server: Server,
    private readonly node: Node,
    private readonly transport: Transport,
    private readonly options: DoubleOptions,
  ) {
    this.faults = node.faults;
    this.subscriptions = new LiveSubscriptions(node);
  }

  /** Resolves when it can be connected to. */
  static async start(options: DoubleOptions = {}): Promise<EventStoreDouble> {
    const log = new RecordLog(options.systemEventEvery ?? null);
    log.writeEpoch();
    log.writeSystemEvent('$$$scavenges', '$metadata', SCAVENGES_METADATA);
    return EventStoreDouble.serve(log, options);
  }

  private static async serve(log: RecordLog, options: DoubleOptions): Promise<EventStoreDouble> {
    const { batchAppend = true, tls = false, users = USERS, follows = null } = options;
    const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
    const way = await transport(tls);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', way.credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    const gate = await SocketGate.to(port);
    const node: Node = { log, faults: new Faults(), gate, users: tls ? users : null, batchAppend, follows, live: new Set() };
    addServices(server, node);
    return new EventStoreDouble(server, node, way, options);
  }

  /** A connection string for the client. */
  get url(): string {
    return this.urlFor({});
  }

  /** A connection string for a client that knows less, or wants more. */
  urlFor({ credentials = this.firstUser(), authority = true, tls = this.node.users !== null, discover = false }: UrlOptions): string {
    const who = credentials === null ? '' : `${credentials}@`;
    const { caFile } = this.transport;
    const ca = authority && tls && caFile !== null ? `&tlsCAFile=${encodeURIComponent(caFile)}` : '';
    return `esdb${discover ? '+discover' : ''}://${who}127.0.0.1:${this.port}?tls=${tls}${ca}`;
  }

  get port(): number {
    return this.node.gate.port;
  }

  /** Whether the server lists BatchAppend; a client asks once for each of its channels. */
  set batchAppend(listed: boolean) {
    this.node.batchAppend = listed;
  }

  /** Stops the clock that `created` is taken from; null lets it run. */
  setClock(ms: number | null): void {
    this.node.log.setClock(ms);
  }

  /** As SIGSTOP does: connections stay open and new ones are accepted, and nothing is read or answered. */
  freeze(): void {
    this.node.gate.freeze();
  }

  /** Resolves once a client has sent something to the frozen server, or tried to connect to it. */
  async frozenBytes(): Promise<void> {
    await this.node.gate.somethingHeld();
  }

  /** As SIGCONT does: everything sent meanwhile is read, also of clients that have given up. */
  thaw(): void {
    this.node.gate.thaw();
  }

  /** How many connections there are. */
  get connections(): number {
    return this.node.gate.connections;
  }

  /** Breaks every connection; the next one is accepted. */
  cut(): void {
    this.node.gate.cut();
  }

  /** As kill -9 does: connections break, new ones are refused; the log stays. */
  async stop(): Promise<void> {
    await this.node.gate.close();
  }

  /** Up again on the same port, with the same log and one epoch more. */
  async start(): Promise<void> {
    this.node.log.writeEpoch();
    await this.node.gate.listen();
  }

  /** How many events a reader of `$all` sees. */
  get eventCount(): number {
    return this.node.log.shown;
  }

  /** Another server, on another port, whose log is this one's up to its first so many events of `$all`. */
  async copy({ upTo = this.eventCount }: { readonly upTo?: number } = {}): Promise<EventStoreDouble> {
    return EventStoreDouble.serve(this.node.log.copy(upTo), this.options);
  }

  /** Between stop and start: an older log is put in the place of this one, as from a backup. */
  rollBack({ upTo }: { readonly upTo: number }): void {
    if (this.node.gate.isOpen) throw new Error('stop the double first: those who are connected have seen the log as it is');
    this.node.log = this.node.log.copy(upTo);
  }

  /** What the server writes on its own account. */
  writeSystemEvent(stream: string, type: string, data: Readonly<Record<string, unknown>>): void {
    this.node.log.writeSystemEvent(stream, type, JSON.stringify(data));
  }

  /** Ends everything; the log is gone. */
  async close(): Promise<void> {
    await this.node.gate.close();
    this.server.forceShutdown();
    await this.transport.remove();
  }

  private firstUser(): string | null {
    const first = Object.entries(this.node.users ?? {})[0];
    return first === undefined ? null : first.map(encodeURIComponent).join(':');
  }
}

function addServices(server: Server, node: Node): void {
  const streams: IStreamsServer = {
    read: (call) => void read(node, call),
    append: (call, answer) => append(node, call, answer),
    batchAppend: (call) => batchAppend(node, call),
    delete: unary((call) => deleteStream(node, call)),
    tombstone: unary((call) => tombstone(node, call)),
  };
  server.addService(streamsServices.StreamsService, streams);
  server.addService(featuresServices.ServerFeaturesService, { getSupportedMethods: unary(() => supportedMethods(node)) });
  server.addService(gossipServices.GossipService, { read: unary(() => gossip(node)) });
}

function unary<Request, Response>(handle: (call: ServerUnaryCall<Request, Response>) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): void => {
    handle(call).then(
      (response) => answer(null, response),
      (error: unknown) => answer(error instanceof CallFailure ? error.response : { ...internal().response, details: String(error) }),
    );
  };
}
