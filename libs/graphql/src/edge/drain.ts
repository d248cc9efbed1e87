import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { Server as TcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Who keeps a connection and does not use it is waited for no longer. */
const LINGER_MS_MAX = 5_000;
const LOOK_MS = 20;
/** A turn of the event loop that took less looked at who came and did next to nothing else. */
const QUIET_MS = 0.1;
const TURNS_MAX = 1_000;

/**
 * Going down without cutting anybody off (`stack.md`, section 10): from the signal on, readiness says no and every answer
 * closes its connection, while new ones are still taken: a proxy that keeps connections alive sees each end with an answer,
 * never under a request. Then nobody new is let in, what is under way ends, and what still runs after the grace is cut.
 */
export class Drain {
  private begun = false;
  private readonly open = new Set<Socket>();

  get draining(): boolean {
    return this.begun;
  }

  /** Puts the hook on the server. */
  attach(server: FastifyInstance): void {
    server.server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
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

  /**
   * Nobody new is let in. Connections that are open go on for as long again as the delay was, those included that HTTP's own
   * `close` would end at once: whoever keeps them has no new ones to use instead, and each ends with its next answer.
   */
  async shut(server: Server, { delayMs }: { readonly delayMs: number }): Promise<void> {
    await quietTurn();
    if (server.listening) TcpServer.prototype.close.call(server);
    for (let waited = 0; waited < Math.min(delayMs, LINGER_MS_MAX) && this.open.size > 0; waited += LOOK_MS) await delay(LOOK_MS);
  }
}

/**
 * Resolves right after a look at who came: whoever stands in line when the door is shut was let in by nobody and is cut.
 * A turn in which much was done looked too long ago, so another is waited for.
 */
async function quietTurn(): Promise<void> {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await turn();
  for (let turns = 0; turns < TURNS_MAX; turns += 1) {
    const begun = performance.now();
    await turn();
    if (performance.now() - begun < QUIET_MS) return;
  }
}
