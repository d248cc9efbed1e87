import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';

/**
 * Going down without cutting anybody off (`stack.md`, section 10): from the signal on, readiness says no and every answer
 * closes its connection, so that kept-alive ones do not hold the process; what still runs after the grace is cut.
 */
export class Drain {
  private begun = false;

  get draining(): boolean {
    return this.begun;
  }

  /** Puts the hook on the server; `graceMs` is how long a request may still take. */
  attach(server: FastifyInstance): void {
    server.addHook('onSend', async (_request, reply) => {
      if (this.begun) reply.header('connection', 'close');
      return Promise.resolve();
    });
  }

  begin(server: Server, graceMs: number): void {
    if (this.begun) return;
    this.begun = true;
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
  }
}
