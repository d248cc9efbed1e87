import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getOperationAST, subscribe, type ExecutionArgs, type GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type Context, type Server as ProtocolServer, type SubscribePayload } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { GraphqlContext } from './context.js';
import { addressKey, addressOf } from './address.js';
import { identityKey } from './edge-options.js';
import { isRefusal } from './documents.js';
import { apiError, badInput } from './error-codes.js';
import { KEPT_BACK_MS } from './limits.js';
import { faultOf } from './error-mapping.js';
import type { Endpoint } from './http-endpoint.js';
import { isLocalHost, mayCall } from './origins.js';
import { labelsOf } from './operation-labels.js';
import { countOperation } from './run-operation.js';
import { RateLimiter } from './rate-limiter.js';
import { paced, Turns } from './turns.js';
import { TOKEN_LEEWAY_MS, type VerifiedIdentity } from './token-verifier.js';

interface Extra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  identity: VerifiedIdentity | null;
  expiry: NodeJS.Timeout | undefined;
}
type SocketContext = Context<Record<string, unknown> | undefined, Extra>;

/** Of one message. */
export const PAYLOAD_BYTES_MAX = 64 * 1024;
/** In which a peer says who it is. */
export const CONNECTION_INIT_MS = 3_000;
const KEEP_ALIVE_MS = 15_000;
const CLOSE_WAIT_MS = 2_000;
/** Live subscriptions of one identity, over all its sockets of this process (`api.md`, Subscriptions). */
export const SUBSCRIPTIONS_PER_PRINCIPAL_MAX = 20;
/** Live sockets of one identity. */
export const SOCKETS_PER_PRINCIPAL_MAX = 20;
/** Messages, pings and pongs that one socket may send: as many as its subscriptions can need, and no flood. */
export const SOCKET_MESSAGES = { burst: 100, perSecond: 20 } as const;
/** Bytes of a message that count as one message more. */
export const SOCKET_MESSAGE_BYTES = 1_024;
/** Frames that one message may come in. */
const FRAGMENTS_MAX = 256;
/** What a peer may leave unread of what it was sent. */
export const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
/** setTimeout counts in 31 bits; a longer wait is taken in steps. */
const TIMEOUT_MS_MAX = 0x7fffffff;
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;

/** Live sockets by identity, so that what one identity subscribes to is counted over all of them. */
type Connections = Map<string, Set<SocketContext>>;

/**
 * Subscriptions by graphql-transport-ws on the HTTP server's upgrade. A socket has an identity or is closed with 4403,
 * and again at its token's expiry. Documents are checked by the same `Documents` as over HTTP; queries and mutations
 * are refused here, so that what is said of them over HTTP holds for all of them.
 */
export function serveSockets(server: Server, endpoint: Endpoint): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: PAYLOAD_BYTES_MAX, maxFragments: FRAGMENTS_MAX, handleProtocols, perMessageDeflate: false });
  const protocol = protocolOf(endpoint);
  const answering = new WeakSet<WebSocket>();
  const turns = new Turns();
  const accept = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (socket.destroyed) return;
    const refused = refusal(endpoint, request);
    if (refused !== undefined) return refuse(socket, refused);
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      answering.add(accepted);
      accepted.on('pong', () => answering.add(accepted));
      open({ protocol, endpoint }, accepted, request);
    });
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    turns.take(addressKey(addressOf(request, endpoint.options.proxyHops)), () => accept(request, socket, head));
  };
  server.on('upgrade', upgrade);
  const pinging = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!answering.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, KEEP_ALIVE_MS).unref();
  return {
    close: async () => {
      clearInterval(pinging);
      server.off('upgrade', upgrade);
      await closeAll(sockets);
    },
  };
}

function open({ protocol, endpoint }: { protocol: ProtocolServer<Extra>; endpoint: Endpoint }, socket: WebSocket, request: IncomingMessage): void {
  const { metrics, log } = endpoint.options;
  metrics.sockets.inc();
  // ws closes the socket itself after an error; without a listener the process would end.
  socket.on('error', (error) => {
    if (!isOfPeer(error)) log.error(faultOf(error), 'socket error');
  });
  const admits = allowance(socket, endpoint.admission.now);
  const client = addressKey(addressOf(request, endpoint.options.proxyHops));
  socket.on('ping', () => admits(0)).on('pong', () => admits(0));
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve) => {
          // Resolved once the bytes left for the kernel: a slow reader slows its own subscriptions. A failed send ends in 'close'.
          if (socket.readyState !== socket.OPEN) return resolve();
          socket.send(data, () => resolve());
          if (socket.bufferedAmount > UNREAD_BYTES_MAX) socket.terminate();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data: Buffer) => {
          if (!admits(data.length)) return;
          endpoint.admission.turns.take(client, () => {
            if (socket.readyState !== socket.OPEN) return;
            handle(data.toString('utf8')).catch((error: unknown) => {
              log.error(faultOf(error), 'socket message failed');
              socket.close(CloseCode.InternalServerError, 'Internal error');
            });
          });
        });
      },
    },
    { request, socket, identity: null, expiry: undefined },
  );
  socket.once('close', (code, reason) => {
    metrics.sockets.dec();
    closed(code, reason.toString('utf8')).catch((error: unknown) => log.error(faultOf(error), 'socket close failed'));
  });
}

/** A broken frame, too large a message, a connection cut: whoever is at the other end could fill our log with these. */
const isOfPeer = (error: Error & { readonly code?: string }): boolean => /^(WS_ERR_|ECONNRESET$|EPIPE$)/.test(error.code ?? '');

/** Whether one message more of so many bytes may come now. The first that may not closes the socket. */
function allowance(socket: WebSocket, now: () => number): (bytes: number) => boolean {
  const limiter = new RateLimiter(SOCKET_MESSAGES, 1);
  return (bytes) => {
    if (socket.readyState !== socket.OPEN) return false;
    const allowed = limiter.take('', now()) === 0;
    limiter.charge('', Math.floor(bytes / SOCKET_MESSAGE_BYTES), now());
    if (allowed) return true;
    socket.close(POLICY_VIOLATION, 'Too many messages');
    // Nothing of it is read any more, not even its good-bye: to take a flood apart in order to throw it away is dear too.
    socket.pause();
    setTimeout(() => socket.terminate(), KEPT_BACK_MS).unref();
    return false;
  };
}

function protocolOf(endpoint: Endpoint): ProtocolServer<Extra> {
  const { admission, options } = endpoint;
  const connections: Connections = new Map();
  const shown = (errors: readonly GraphQLError[], requestId?: string) => errors.map((error) => options.errors.toApi(error, requestId).toJSON());
  options.metrics.liveSubscriptions = () => [...connections.values()].flatMap((own) => [...own]).reduce((sum, { subscriptions }) => sum + Object.keys(subscriptions).length, 0);
  return makeServer<Record<string, unknown> | undefined, Extra>({
    schema: endpoint.schema,
    connectionInitWaitTimeout: CONNECTION_INIT_MS,
    onConnect: (context) => connect(endpoint, connections, context),
    onSubscribe: (context, _id, payload) => {
      const outcome = admittedOrNot(endpoint, connections, { context, payload });
      const node = 'document' in outcome ? getOperationAST(outcome.document, outcome.operationName) : null;
      countOperation(options, 'document' in outcome ? undefined : outcome, node ? labelsOf(node) : undefined);
      return outcome;
    },
    context: ({ extra }) => admission.context({ requestId: randomUUID(), identity: extra.identity, language: extra.request.headers['accept-language'] }),
    // Messages are made in turn, so that many subscriptions of one identity do not stand before everybody else.
    subscribe: async (args) => {
      const messages = await subscribe(args);
      return Symbol.asyncIterator in messages ? paced(messages, () => admission.turns.taken(clientOf(args))) : messages;
    },
    // The library's hooks are positional; their last argument is what is about to be sent.
    onNext: (...[, , , args, result]) => (result.errors ? { ...result, errors: shown(result.errors, requestIdOf(args)) } : undefined),
    onError: (...[, , , errors]) => shown(errors),
    onClose: ({ extra }) => {
      clearTimeout(extra.expiry);
      if (extra.identity) forget(connections, identityKey(extra.identity), extra);
    },
  });
}

const clientOf = ({ contextValue }: ExecutionArgs): string => (contextValue instanceof GraphqlContext && contextValue.identity ? identityKey(contextValue.identity) : '');

/** Whatever is thrown on the way is a refusal like the others. */
function admittedOrNot(endpoint: Endpoint, connections: Connections, of: { context: SocketContext; payload: SubscribePayload }): ExecutionArgs | readonly GraphQLError[] {
  try {
    const outcome = admitted(endpoint, connections, of);
    return 'document' in outcome ? outcome : outcome.map((error) => endpoint.options.errors.toApi(error));
  } catch (error) {
    return [endpoint.options.errors.toApi(error)];
  }
}

const requestIdOf = ({ contextValue }: ExecutionArgs): string | undefined => (contextValue instanceof GraphqlContext ? contextValue.requestId : undefined);

/** False closes with 4403, as graphql-transport-ws says; without keys the client is told to come back. */
async function connect({ admission, options }: Endpoint, connections: Connections, context: SocketContext): Promise<boolean> {
  const { extra } = context;
  try {
    extra.identity = await admission.identify(authorizationOf(context.connectionParams), addressOf(extra.request, options.proxyHops));
  } catch (error) {
    const code = options.errors.toApi(error).extensions['code'];
    if (code !== 'UNAUTHENTICATED') extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
    return code !== 'UNAUTHENTICATED';
  }
  if (extra.identity === null) return false;
  const key = identityKey(extra.identity);
  const own = connections.get(key) ?? new Set();
  if (own.size >= SOCKETS_PER_PRINCIPAL_MAX) {
    extra.socket.close(TRY_AGAIN_LATER, 'Too many connections');
    return true;
  }
  connections.set(key, own.add(context));
  closeAtExpiry(extra, extra.identity, admission.now);
  return true;
}

/** Clients that hand their headers through spell them as they like. */
function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined): unknown {
  return Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

function forget(connections: Connections, key: string, extra: Extra): void {
  const own = connections.get(key);
  if (!own) return;
  for (const context of own) if (context.extra === extra) own.delete(context);
  if (own.size === 0) connections.delete(key);
}

function closeAtExpiry(extra: Extra, { expiresAt }: VerifiedIdentity, now: () => number): void {
  const at = expiresAt * 1000;
  // A token taken within the leeway of its expiry lives to the end of the leeway.
  const until = at > now() ? at : at + TOKEN_LEEWAY_MS;
  const wait = (): void => {
    const left = until - now();
    if (left <= 0) extra.socket.close(CloseCode.Forbidden, 'Token expired');
    else extra.expiry = setTimeout(wait, Math.min(left, TIMEOUT_MS_MAX)).unref();
  };
  wait();
}

function admitted({ schema, documents, admission, options }: Endpoint, connections: Connections, of: { context: SocketContext; payload: SubscribePayload }): ExecutionArgs | readonly GraphQLError[] {
  const { context, payload } = of;
  const { identity } = context.extra;
  // graphql-ws lets no operation pass before the acknowledgement, which takes an identity.
  if (identity === null) return [apiError('UNAUTHENTICATED', 'A valid token is needed.')];
  admission.admitIdentity(identity);
  let live = 0;
  for (const own of connections.get(identityKey(identity)) ?? []) live += Object.keys(own.subscriptions).length;
  if (live > SUBSCRIPTIONS_PER_PRINCIPAL_MAX) return [apiError('OVERLOADED', `At most ${String(SUBSCRIPTIONS_PER_PRINCIPAL_MAX)} subscriptions at a time.`)];
  const asked = { query: payload.query, operationName: payload.operationName ?? null, variables: payload.variables ?? null };
  const operation = admission.prepare(documents, asked, { identity, address: addressOf(context.extra.request, options.proxyHops) });
  if (isRefusal(operation)) return operation;
  const kind: string = operation.node.operation;
  if (kind !== 'subscription') return [badInput('Queries and mutations are sent over HTTP.')];
  return { schema, document: operation.document, operationName: operation.operationName, variableValues: operation.variables };
}

/** The status an upgrade is refused with, or undefined. */
function refusal({ path, admission, options }: Endpoint, request: IncomingMessage): number | undefined {
  if (options.localOnly && !isLocalHost(request.headers.host)) return 421;
  if (request.url?.split('?', 1)[0] !== path) return 404;
  if (!mayCall(request.headers, options)) return 403;
  try {
    admission.admitAddress(addressOf(request, options.proxyHops));
    return undefined;
  } catch {
    return 429;
  }
}

function refuse(socket: Duplex, status: number): void {
  const answer = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  // A client that never closes its side would otherwise keep the connection.
  const end = (): void => void socket.end(answer, () => socket.destroy());
  if (status !== 429) return end();
  // As over HTTP: who is to come later is told later.
  const waiting = setTimeout(end, KEPT_BACK_MS);
  socket.once('close', () => clearTimeout(waiting));
}

/** Says good-bye to all, waits a little for their answers, then cuts. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
  const cut = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_WAIT_MS);
  await new Promise<void>((resolve) => sockets.close(() => resolve()));
  await Promise.all([...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))));
  clearTimeout(cut);
}
