import type { Client as Socket } from 'graphql-ws';
import { Environment, Network, Observable, RecordSource, Store, type GraphQLResponse, type RequestParameters, type Variables } from 'relay-runtime';
import { failureOf, RequestFailed, type AnsweredError } from '../core/command.ts';
import { subscribeResuming } from '../core/live.ts';
import { authorization, type Session } from '../core/session.ts';

/** Relay over Assay: queries and mutations by POST, subscriptions over a socket of their own, resumed by position. */
export function assayEnvironment(session: Session, socket: Socket): Environment {
  const network = Network.create(
    (request, variables) => post(session, request, variables),
    (request, variables) =>
      Observable.create((sink) => subscribeResuming(socket, { query: textOf(request), variables }, { ...sink, next: (result) => sink.next(result as GraphQLResponse), error: (error) => sink.error(asError(error)) })),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}

async function post(session: Session, request: RequestParameters, variables: Variables): Promise<GraphQLResponse> {
  const headers = { 'content-type': 'application/json', ...authorization(session) };
  let answer: GraphQLResponse & { readonly errors?: readonly AnsweredError[] };
  try {
    answer = (await (await fetch(`${session.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: textOf(request), variables }) })).json()) as typeof answer;
  } catch (error) {
    throw new RequestFailed(String(error), true);
  }
  // Relay would make an error of its own, without the word whether sending again may help.
  if (answer.errors !== undefined) throw failureOf(answer.errors);
  return answer;
}

function textOf({ name, text }: RequestParameters): string {
  if (text == null) throw new Error(`${name} has no text`);
  return text;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(JSON.stringify(error)));
