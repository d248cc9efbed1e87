import { once } from 'node:events';
import { stat } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Drain } from './drain.js';

describe('shutting the door', () => {
  it('lets in whoever has come by then, also after the last look at who came', async () => {
    const server = createServer((_request, response) => response.setHeader('connection', 'close').end('served'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an address of this shape.
    const { port } = server.address() as AddressInfo;
    let shut: Promise<void> | undefined;
    const answer = await new Promise<string>((resolve) => {
      // Told in the very phase of the event loop in which connections are taken: this one is in line when it is over.
      stat('.', () => {
        const socket = connect(port, '127.0.0.1').on('error', (error) => resolve(String(error)));
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        socket.once('data', (data: Buffer) => resolve(data.toString('utf8')));
        shut = new Drain().shut(server, { delayMs: 0 });
      });
    });
    await shut;
    expect([answer.endsWith('served'), server.listening]).toEqual([true, false]);
  });
});
