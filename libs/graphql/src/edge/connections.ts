import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { GraphQLError } from 'graphql';
import { addressKey } from './address.js';
import { apiError, badInput, rateLimited, wordsOf } from './error-codes.js';

/** Connections, HTTP and WebSocket together, that are open at a time; what comes beyond is closed. */
export const CONNECTIONS_MAX = 10_000;
/** Of one address; not asked where a proxy before us makes all of them. */
export const CONNECTIONS_PER_ADDRESS_MAX = 500;
/** How long a client may take, each from the connection's or the request's beginning. */
export const PATIENCE = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 1_000, idleMs: 120_000 } as const;
export type Patience = { readonly [K in keyof typeof PATIENCE]: number };
/** Of a request's line and headers together. */
export const HEADER_BYTES_MAX = 16 * 1024;
const RETRY_AFTER_SECONDS = 5;

/**
 * Refuses the connections of an address that has too many already, in the API's words, and closes them. So nobody can
 * take all connections, or the memory that each needs, for themselves.
 */
export function limitConnections(server: Server, { proxyHops, perAddressMax = CONNECTIONS_PER_ADDRESS_MAX }: { readonly proxyHops: number; readonly perAddressMax?: number }): void {
  server.maxConnections = CONNECTIONS_MAX;
  if (proxyHops > 0) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const key = addressKey(socket.remoteAddress ?? 'unknown');
    const others = open.get(key) ?? 0;
    if (others >= perAddressMax) return endRaw(socket, 429, rateLimited(RETRY_AFTER_SECONDS));
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
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endRaw(socket, 408, badInput('The request took too long to arrive.'));
  else if (error.code === 'HPE_HEADER_OVERFLOW') endRaw(socket, 431, apiError('PAYLOAD_TOO_LARGE', wordsOf('PAYLOAD_TOO_LARGE')));
  else endRaw(socket, 400, badInput('The HTTP request is malformed.'));
}

function endRaw(socket: Socket, status: number, error: GraphQLError): void {
  const body = JSON.stringify({ errors: [error] });
  const head = [`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`, 'Connection: close', 'Content-Type: application/json; charset=utf-8', `Content-Length: ${String(Buffer.byteLength(body))}`];
  // A client that never closes its side would otherwise keep the connection.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
