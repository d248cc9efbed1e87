import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { boundedServer, PATIENCE, PIPELINED_MAX, READ_BYTES_MAX } from './connections.js';

const SMALLEST = 'GET / HTTP/1.1\r\nHost:a\r\n\r\n';
let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Starts a server that counts what Node made of what it read, and answers with the body's size. */
async function counted(): Promise<{ requests: number; readonly port: number }> {
  server = boundedServer(
    (request, response) => {
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length)).on('end', () => response.end(String(size)));
    },
    { proxyHops: 0, patience: PATIENCE, perAddressMax: 10 },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this shape.
  const counts = { requests: 0, port: (server.address() as AddressInfo).port };
  server.prependListener('request', () => (counts.requests += 1));
  return counts;
}

describe('a connection', () => {
  it('that carries requests without end is cut before most of what came with the first is looked at', async () => {
    const counts = await counted();
    const socket = connect(counts.port, '127.0.0.1').on('error', () => undefined).resume();
    socket.write(SMALLEST.repeat(10_000));
    // `once` of node:events would take the error before it for its own.
    await new Promise((resolve) => socket.once('close', resolve));
    expect(counts.requests).toBeGreaterThan(PIPELINED_MAX);
    expect(counts.requests).toBeLessThanOrEqual(PIPELINED_MAX + Math.ceil(READ_BYTES_MAX / SMALLEST.length));
  });

  it('that carries one large request after the other is read whole', async () => {
    const counts = await counted();
    const sizes = [0, 1, READ_BYTES_MAX, 200_001, 3];
    const answers: number[] = [];
    for (const size of sizes) answers.push(Number(await (await fetch(`http://127.0.0.1:${String(counts.port)}/`, { method: 'POST', body: 'x'.repeat(size) })).text()));
    expect([answers, counts.requests]).toEqual([sizes, sizes.length]);
  });
});
