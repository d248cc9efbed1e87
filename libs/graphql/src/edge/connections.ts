import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { GraphQLError } from 'graphql';
import { addressKey, addressOf } from './address.js';
import { apiError, badInput, rateLimited, wordsOf } from './error-codes.js';
import { Turns } from './turns.js';

/** Connections, HTTP and WebSocket together, that are open at a time; what comes beyond is closed. */
export const CONNECTIONS_MAX = 10_000;
/** Of one address; not asked where a proxy before us makes all of them. */
export const CONNECTIONS_PER_ADDRESS_MAX = 500;
/** How long a client may take, each from the connection's or the request's beginning. */
export const PATIENCE = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1_000, idleMs: 120_000 } as const;
export type Patience = { readonly [K in keyof typeof PATIENCE]: number };
/** Of a request's line and headers together. */
export const HEADER_BYTES_MAX = 16 * 1024;
/** Requests that one connection may bring without waiting for answers. */
export const PIPELINED_MAX = 8;
/** Bytes that Node is given to take apart at once. */
export const READ_BYTES_MAX = 1024;
/** How long a connection is kept after an answer: longer than the usual balancer keeps it, so that it is the one to close. */
const KEEP_ALIVE_MS = 72_000;
const RETRY_AFTER_SECONDS = 5;

/** What bounds a server's connections. */
export interface ConnectionBounds {
  readonly proxyHops: number;
  readonly patience: Patience;
  readonly perAddressMax: number;
}

/**
 * The HTTP server under Fastify. Requests begin in turn, address by address. A connection that sends many requests without waiting for answers is cut, since Node
 * would serve all of them before anybody else; no client does it. Too many connections of one address are refused in the API's
 * words; so nobody can take all of them, or the memory that each needs, for themselves.
 */
export function boundedServer(handle: RequestListener, { proxyHops, patience, perAddressMax }: ConnectionBounds): Server {
  const { headersMs: headersTimeout, requestMs: requestTimeout, checkEveryMs: connectionsCheckingInterval } = patience;
  const unanswered = new WeakMap<Socket, number>();
  const turns = new Turns();
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX, headersTimeout, requestTimeout, connectionsCheckingInterval, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { socket } = request;
    const before = unanswered.get(socket) ?? 0;
    // Each by itself: Node would give those it finds at the connection's end an error with a stack, which is dearer than all of the rest.
    if (before >= PIPELINED_MAX) return void request.destroy();
    unanswered.set(socket, before + 1);
    // Counted out at the event loop's next turn: requests that came in one piece can be answered one by one within a
    // turn, with nobody else served meanwhile. A client that waited for its answer took a turn.
    response.once('close', () => setImmediate(() => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1)));
    // Who has gone by then is not served.
    turns.take(addressKey(addressOf(request, proxyHops)), () => (socket.destroyed ? undefined : handle(request, response)));
  });
  server.on('connection', readInSlices);
  server.setTimeout(patience.idleMs);
  server.maxConnections = CONNECTIONS_MAX;
  // All connections are the proxy's own; it counts those of clients.
  if (proxyHops === 0) limitByAddress(server, perAddressMax);
  return server;
}

/**
 * Node takes up to 64 KiB of a connection apart without a break, whatever becomes of it meanwhile: some thousand requests.
 * Given little at a time, it stops where the connection was cut.
 */
function readInSlices(socket: Socket): void {
  const push = socket.push.bind(socket);
  const idle = (): void => undefined;
  // Node's parser reads past the stream until somebody else has asked for its data.
  socket.on('data', idle).off('data', idle);
  socket.push = (chunk: Buffer | null) => {
    if (chunk === null || chunk.length <= READ_BYTES_MAX) return push(chunk);
    let more = true;
    for (let at = 0; at < chunk.length && !socket.destroyed; at += READ_BYTES_MAX) more = push(chunk.subarray(at, at + READ_BYTES_MAX));
    return more;
  };
}

function limitByAddress(server: Server, perAddressMax: number): void {
  const open = new Map<string, number>();
  // Made once: whoever opens connections without end is told so as often.
  const tooMany = rawAnswer(429, rateLimited(RETRY_AFTER_SECONDS));
  server.on('connection', (socket: Socket) => {
    const key = addressKey(socket.remoteAddress ?? 'unknown');
    const others = open.get(key) ?? 0;
    if (others >= perAddressMax) return endRaw(socket, tooMany);
    open.set(key, others + 1);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
  });
}

/** Answers what Node could not read as a request: cut off in time or size, or no HTTP at all. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) socket.destroy();
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endRaw(socket, rawAnswer(408, badInput('The request took too long to arrive.')));
  else if (error.code === 'HPE_HEADER_OVERFLOW') endRaw(socket, rawAnswer(431, apiError('PAYLOAD_TOO_LARGE', wordsOf('PAYLOAD_TOO_LARGE'))));
  else endRaw(socket, rawAnswer(400, badInput('The HTTP request is malformed.')));
}

function rawAnswer(status: number, error: GraphQLError): Buffer {
  const body = JSON.stringify({ errors: [error] });
  const head = [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', 'Content-Type: application/json; charset=utf-8', `Content-Length: ${String(Buffer.byteLength(body))}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function endRaw(socket: Socket, answer: Buffer): void {
  // A client that never closes its side would otherwise keep the connection.
  socket.on('error', () => socket.destroy());
  socket.end(answer, () => socket.destroy());
}
