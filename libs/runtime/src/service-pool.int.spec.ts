import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { servicePool } from './service-pool.js';

/** A message of PostgreSQL's protocol: its letter, its length, what it says. */
function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const GREETING = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
const LAST_WORDS = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'));

describe('the pool of a process that serves', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([...GREETING, LAST_WORDS])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('survives a server that greets and dies in one breath', async () => {
    // A server that listens on a port has an address of this shape.
    const { port } = server.address() as AddressInfo;
    const pool = servicePool({ host: '127.0.0.1', port, user: 'any', database: 'any' }, { name: 'test', connections: 1, onError: () => undefined });
    const client = await pool.connect();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    client.release(true);
    await pool.end();
  });
});
