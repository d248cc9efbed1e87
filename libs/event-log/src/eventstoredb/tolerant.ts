import { apply } from './apply.js';

/**
 * Fences off two defects of `@eventstore/db-client` 6.2.1 that would end the process, both in its batch append:
 * - Its replies are looked up in one table of the whole process, which an error of any client's stream empties. A reply that
 *   comes after that, or that names an id nobody knows, throws out of an event handler. Here it is let go: the append that
 *   waited for it was told of the error, and is sent again.
 * - Under back-pressure its writes wait in a queue that a stream's error rejects where nobody listens. Here the stream never
 *   says that it is full: how much is on its way is bounded by the adapter's own limits.
 */
export function tolerant(client: object): void {
  const create: unknown = Reflect.get(client, CREATOR);
  if (typeof create !== 'function') return;
  Reflect.set(client, CREATOR, (service: unknown, name: unknown, ...[creator, cache]: readonly unknown[]): unknown => {
    const made = typeof creator === 'function' ? (grpc: unknown): unknown => fenced(apply(creator, undefined, [grpc])) : creator;
    return apply(create, client, [service, name, made, cache]);
  });
}

/** The client's own maker of streams. */
const CREATOR = 'GRPCStreamCreator';

interface Stream {
  listeners(event: 'data'): readonly unknown[];
  off(event: 'data', listener: unknown): unknown;
  on(event: 'data', listener: (reply: unknown) => void): unknown;
  write: (message: unknown) => boolean;
}
/** One that is written to and has a listener already: the batch append's. */
const isStream = (value: unknown): value is Stream => typeof value === 'object' && value !== null && 'listeners' in value && 'write' in value;

function fenced(stream: unknown): unknown {
  if (!isStream(stream)) return stream;
  for (const listener of stream.listeners('data')) {
    if (typeof listener !== 'function') continue;
    stream.off('data', listener);
    stream.on('data', (reply) => {
      try {
        apply(listener, stream, [reply]);
      } catch {
        // Nobody waits for this reply any more.
      }
    });
  }
  const { write } = stream;
  stream.write = (message) => {
    apply(write, stream, [message]);
    return true;
  };
  return stream;
}
