import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append, batchAppend } from './append-calls.js';
import { CallFailure, internal } from './failures.js';
import { Faults } from './faults.js';
import { LiveSubscriptions } from './live-subscriptions.js';
import type { Node } from './node.js';
import { deleteStream, gossip, supportedMethods, tombstone } from './other-calls.js';
import { read } from './read-calls.js';
import { RecordLog } from './record-log.js';
import { SocketGate } from './socket-gate.js';
import type { Subscription } from './subscription.js';

export interface DoubleOptions {
  /** Whether the server lists BatchAppend, by which the client prefers to append. It does where left out. */
  readonly batchAppend?: boolean;
}

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
    live: Set<Subscription>,
  ) {
    this.faults = node.faults;
    this.subscriptions = new LiveSubscriptions(live);
  }

  /** Resolves when it can be connected to. */
  static async start(options: DoubleOptions = {}): Promise<EventStoreDouble> {
    const log = new RecordLog();
    log.writeEpoch();
    log.writeSystemEvent('$$$scavenges', '$metadata', '{"$maxAge":2592000,"$acl":{"$r":"$ops","$w":[],"$d":[],"$mr":[],"$mw":[]}}');
    return EventStoreDouble.serve(log, options);
  }

  private static async serve(log: RecordLog, { batchAppend = true }: DoubleOptions): Promise<EventStoreDouble> {
    const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
    const credentials = ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    const gate = await SocketGate.to(port);
    const node: Node = { log, faults: new Faults(), gate, users: null, batchAppend };
    const live = new Set<Subscription>();
    addServices(server, node, live);
    return new EventStoreDouble(server, node, live);
  }

  /** A connection string for the client. */
  get url(): string {
    return `esdb://127.0.0.1:${this.node.gate.port}?tls=false`;
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

  /** As SIGCONT does: everything sent meanwhile is read, also of clients that have given up. */
  thaw(): void {
    this.node.gate.thaw();
  }

  /** Breaks every connection; the next one is accepted. */
  cut(): void {
    this.node.gate.cut();
  }

  /** As kill -9 does: connections break, new ones are refused; the log stays. */
  async stop(): Promise<void> {
    await this.node.gate.refuse();
    this.node.gate.cut();
  }

  /** Up again on the same port, with the same log and one epoch more. */
  async start(): Promise<void> {
    this.node.log.writeEpoch();
    await this.node.gate.listen();
  }

  /** Ends everything; the log is gone. */
  async close(): Promise<void> {
    await this.node.gate.close();
    this.server.forceShutdown();
  }
}

function addServices(server: Server, node: Node, live: Set<Subscription>): void {
  const streams: IStreamsServer = {
    read: (call) => void read(node, call, live),
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
