import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket client that says whatever a test wants, in any order and amount. */
export class Flood {
  readonly frames: Frame[] = [];
  private code: number | undefined;
  private constructor(readonly socket: WebSocket) {
    // Frames of our own server.
    socket.on('message', (data: RawData) => this.frames.push(JSON.parse((data as Buffer).toString('utf8')) as Frame));
    socket.on('close', (code) => (this.code = code));
    socket.on('error', () => undefined);
  }

  static async open(url: string, { localAddress = '127.0.0.1' }: { readonly localAddress?: string } = {}): Promise<Flood> {
    const flood = new Flood(new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { localAddress, perMessageDeflate: false }));
    await once(flood.socket, 'open');
    return flood;
  }

  /** Open and acknowledged. */
  static async opened(url: string, token: string, options: { readonly localAddress?: string } = {}): Promise<Flood> {
    const flood = await Flood.open(url, options);
    flood.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await flood.next(({ type }) => type === 'connection_ack');
    return flood;
  }

  send(frame: object | string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The first frame that fits; undefined where the server closed before. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame | undefined> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined || this.code !== undefined) return found;
      await Promise.race([once(this.socket, 'message'), once(this.socket, 'close')]);
    }
  }

  /** The code with which the server closed. */
  async closed(): Promise<number> {
    if (this.code === undefined) await once(this.socket, 'close');
    return this.code ?? 0;
  }
}
