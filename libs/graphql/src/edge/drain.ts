import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Going down without cutting anybody off (`stack.md`, section 10): from the signal on, readiness says no and every answer
 * closes its connection, while new ones are still taken: a proxy that keeps connections alive sees each end with an answer,
 * never under a request. Then nobody new is let in, what is under way ends, and what still runs after the grace is cut.
 */
export class Drain {
  private begun = false;

  get draining(): boolean {
    return this.begun;
  }

  /** Puts the hook on the server. */
  attach(server: FastifyInstance): void {
    server.addHook('onSend', async (_request, reply) => {
      if (this.begun) reply.header('connection', 'close');
      return Promise.resolve();
    });
  }

  /** Readiness says no from here on; resolves when the server is to be closed, after `delayMs`. `graceMs` later what is left is cut. */
  async begin(server: Server, { delayMs, graceMs }: { readonly delayMs: number; readonly graceMs: number }): Promise<void> {
    if (this.begun) return;
    this.begun = true;
    if (delayMs > 0) await delay(delayMs);
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
  }
  /** Nobody new is let in; connections that are open go on, those included that HTTP's own `close` would end at once. */
  async shut(server: Server): Promise<void> {
    // Right after a look at who came: whoever stands in line when the door is shut was let in by nobody and is cut.
    await new Promise((resolve) => setImmediate(resolve));
    if (server.listening) TcpServer.prototype.close.call(server);
  }
}
