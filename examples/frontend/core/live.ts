import { createClient, type Client, type FormattedExecutionResult } from 'graphql-ws';
import { authorization, type Session } from './session.ts';

/** What a subscription's messages go to, as urql and Relay both give it. */
export interface Sink {
  next(result: FormattedExecutionResult<Record<string, unknown>, unknown>): void;
  error(error: unknown): void;
  complete(): void;
}
/** A subscription as a client library has printed it. */
export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** Every message of Assay's subscriptions says how far it got. */
interface Message {
  readonly kind: 'CHANGE' | 'POSITION' | 'RESUME_FROM';
  readonly position: string;
}

/** The socket to Assay; it opens with the first subscription. `webSocket` is for where there is none built in. */
export function socketTo(session: Session, webSocket?: unknown): Client {
  return createClient({
    url: `${session.url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: authorization(session),
    webSocketImpl: webSocket,
    retryAttempts: 20,
    shouldRetry: () => true,
    // At once after a break; then ever longer, and not all clients together.
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, retries === 0 ? 0 : Math.min(30_000, 500 * 2 ** retries) * (0.5 + Math.random()))),
  });
}

/**
 * Subscribes so that nothing is missed, whatever becomes of the connection: graphql-ws sends the operation again after
 * each break, and its `after` is then the position that was heard last; documents of an event that a break cut in two come again. Where the server lets go of
 * a reader that fell behind (RESUME_FROM), this subscribes anew. Answers how to end it.
 */
export function subscribeResuming(socket: Client, { query, variables = {} }: Operation, sink: Sink): () => void {
  let heard = variables['after'];
  let behind = false;
  let stop = (): void => undefined;
  const payload = {
    query,
    // Read each time the operation is sent.
    get variables() {
      return { ...variables, after: heard };
    },
  };
  const begin = (): void => {
    behind = false;
    stop = socket.subscribe<Record<string, unknown>, unknown>(payload, {
      next: (result) => {
        const message = messageOf(result.data);
        if (message !== undefined) heard = message.position;
        behind = message?.kind === 'RESUME_FROM';
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => (behind ? begin() : sink.complete()),
    });
  };
  begin();
  return () => stop();
}

/** The one root field of a subscription. */
function messageOf(data: Record<string, unknown> | null | undefined): Message | undefined {
  const [message] = Object.values(data ?? {});
  return message as Message | undefined;
}
