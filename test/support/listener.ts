import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}
/** Whatever a message holds; a spec states the shape. */
type Json = ReturnType<typeof JSON.parse>;

/** A client of graphql-transport-ws that keeps everything it was sent. */
export class Listener {
  /** Payloads by subscription, in order. */
  readonly messages: Record<string, Json[]> = {};
  /** Subscriptions that ended, with their errors where they had any. */
  readonly ended: Record<string, unknown> = {};
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      // What our own server sends, in the protocol's shape.
      this.hear(JSON.parse(data.toString('utf8')) as Frame);
      this.wake();
    });
    socket.on('close', () => this.wake());
  }

  static async open(url: string, token: string): Promise<Listener> {
    const listener = new Listener(new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws'));
    await once(listener.socket, 'open');
    listener.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await once(listener.socket, 'message');
    return listener;
  }

  subscribe(id: string, query: string): void {
    this.messages[id] = [];
    this.send({ type: 'subscribe', id, payload: { query } });
  }

  /** The first message of a subscription that fits, also among those that came already. */
  async until(id: string, fits: (message: Json) => boolean): Promise<Json> {
    for (;;) {
      const found: unknown = this.messages[id]?.find(fits);
      if (found !== undefined) return found;
      if (id in this.ended) throw new Error(`${id} ended: ${JSON.stringify(this.ended[id])}`);
      if (this.socket.readyState >= WebSocket.CLOSING) throw new Error(`the socket closed while ${id} was waited for`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Resolves once the subscription has ended. */
  async end(id: string): Promise<unknown> {
    while (!(id in this.ended)) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.ended[id];
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await once(this.socket, 'close');
  }

  private hear({ type, id = '', payload }: Frame): void {
    if (type === 'next') this.messages[id]?.push(payload);
    if (type === 'error' || type === 'complete') this.ended[id] = payload ?? null;
    if (type === 'ping') this.send({ type: 'pong' });
  }

  private send(frame: Frame): void {
    this.socket.send(JSON.stringify(frame));
  }
}
