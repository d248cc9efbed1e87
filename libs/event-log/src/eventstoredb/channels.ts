import { apply } from './apply.js';

/**
 * Closes, when called, the channel that a client of `@eventstore/db-client` 6.2.1 has opened, or opens yet: its `dispose` ends
 * the calls and leaves the connection, which then stays for half an hour.
 */
export function channelsOf(client: object): () => void {
  const create: unknown = Reflect.get(client, CREATOR);
  if (typeof create !== 'function') return () => undefined;
  let current: unknown = null;
  let isOver = false;
  Reflect.set(client, CREATOR, async (): Promise<unknown> => {
    const channel = await apply(create, client);
    // The client makes another where it has closed the one before.
    current = channel;
    if (isOver) close(channel);
    return channel;
  });
  return () => {
    isOver = true;
    close(current);
  };
}

/** The client's own maker of channels. */
const CREATOR = 'createChannel';

function close(channel: unknown): void {
  if (typeof channel === 'object' && channel !== null && 'close' in channel && typeof channel.close === 'function') apply(channel.close, channel);
}
