import { cacheExchange, Client, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Client as Socket } from 'graphql-ws';
import { subscribeResuming } from '../core/live.ts';
import { authorization, type Session } from '../core/session.ts';

/** urql over Assay: queries and mutations by POST, subscriptions over a socket of their own, resumed by position. */
export function assayClient(session: Session, socket: Socket): Client {
  return new Client({
    url: `${session.url}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers: authorization(session) },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: subscribeResuming(socket, { query, ...(variables === undefined ? {} : { variables }) }, sink as Parameters<typeof subscribeResuming>[2]) }),
        }),
      }),
    ],
  });
}
