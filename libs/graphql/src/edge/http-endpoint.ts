import type { GraphQLError, GraphQLSchema } from 'graphql';
import { createHandler, parseRequestParams, type OperationArgs, type OperationContext, type Request as HttpRequest, type RequestParams, type Response as HttpResponse } from 'graphql-http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressKey } from './address.js';
import { acceptByQuality, responseType } from './accept.js';
import { isRefusal, type Documents } from './documents.js';
import type { Admission, EdgeOptions } from './edge-options.js';
import { apiError, badInput, wordsOf } from './error-codes.js';
import { BODY_BYTES_MAX } from './limits.js';
import { countOperation, runOperation } from './run-operation.js';

/** What HTTP and WebSocket are served with. */
export interface Endpoint {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly admission: Admission;
  readonly options: EdgeOptions;
}
type GraphqlRequest = HttpRequest<FastifyRequest, undefined>;

// A request that fails as a whole for one of these reasons says so in its status, whatever media type is accepted.
const STATUS: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401, RATE_LIMITED: 429, OVERLOADED: 503, UNAVAILABLE: 503, INTERNAL: 500, PAYLOAD_TOO_LARGE: 413 };

/**
 * GraphQL over HTTP by the reference implementation, in a Fastify scope of its own: bodies are read as text up to
 * 256 KB and parsed there, so that its rules and ours answer bad requests in the same shape. An address that asks too
 * often is refused before its body is read.
 */
export async function serveHttp(server: FastifyInstance, endpoint: Endpoint): Promise<void> {
  const { path, options, admission } = endpoint;
  const running: Running = new WeakMap();
  const handle = handlerOf(endpoint, running);
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => {
      done(null, body);
    });
    scope.setErrorHandler((error: FastifyError, request, reply) => send(reply, failure(brokenRequest(error, endpoint, request), request, error.statusCode)));
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store').header('x-request-id', request.id);
      try {
        admission.admitAddress(request.ip);
      } catch (error) {
        await admission.keptBack(error);
        // The body is not read any more, so the connection cannot go on.
        return send(reply.header('connection', 'close'), failure(refusal(options, error, request.id), request));
      }
    });
    scope.all(path, async (request: FastifyRequest, reply: FastifyReply) => {
      const body = textOf(request.body);
      admission.chargeBody(request.ip, body?.length ?? 0);
      await admission.turns.taken(addressKey(request.ip));
      try {
        const headers = { ...request.headers, accept: acceptByQuality(request.headers.accept) };
        return send(reply, withCode(await handle({ method: request.method, url: request.url, headers, body, raw: request, context: undefined }), request));
      } catch (error) {
        return send(reply, failure(refusal(options, error, request.id), request));
      } finally {
        running.get(request)?.();
      }
    });
    return Promise.resolve();
  });
}

/** What counts the operation of a request out again. */
type Running = WeakMap<FastifyRequest, () => void>;

function handlerOf(endpoint: Endpoint, running: Running): (request: GraphqlRequest) => Promise<HttpResponse> {
  const { documents, admission, options } = endpoint;
  return createHandler<FastifyRequest, undefined, OperationContext>({
    // Everything of ours is mapped already, with its request's id; what is left are the library's own findings.
    formatError: (error) => options.errors.toApi(error),
    parseRequestParams: (request) => admission.turns.spend(addressKey(request.raw.ip), () => parseRequestParams(request)),
    onSubscribe: async (request, params) => {
      try {
        return await operationFor(endpoint, running, { request, params });
      } catch (error) {
        await admission.keptBack(error);
        return failure(refusal(options, error, request.raw.id), request.raw);
      }
    },
    execute: async (args) => runOperation({ documents, options }, args),
  });
}

/** What to run, or why not. graphql-http answers a list of errors by the specification's statuses. */
async function operationFor(
  { schema, admission, documents, options }: Endpoint,
  running: Running,
  { request: { method, raw }, params }: { readonly request: GraphqlRequest; readonly params: RequestParams },
): Promise<OperationArgs<OperationContext> | readonly GraphQLError[] | HttpResponse> {
  const identity = await admission.identify(raw.headers.authorization, raw.ip);
  if (identity) admission.admitIdentity(identity);
  const asked = { query: params.query, operationName: params.operationName ?? null, variables: params.variables ?? null };
  const operation = admission.prepare(documents, asked, { identity, address: raw.ip });
  if (isRefusal(operation)) {
    const errors = operation.map((error) => options.errors.toApi(error, raw.id));
    countOperation(options, errors);
    return errors;
  }
  const kind: string = operation.node.operation;
  if (kind === 'subscription') return [badInput('Subscriptions are served over WebSocket, by graphql-transport-ws at the same path.')];
  if (kind === 'mutation' && method === 'GET') return failure(badInput('A mutation is sent by POST.'), raw, 405);
  if (identity) running.set(raw, await admission.enter(identity, operation.cost));
  const context = admission.context({ requestId: raw.id, identity, language: raw.headers['accept-language'] });
  // graphql-http types a context as a record; ours is a class, handed through untouched.
  const contextValue = context as unknown as OperationContext;
  return { schema, document: operation.document, operationName: operation.operationName ?? null, variableValues: operation.variables, contextValue };
}

/** Before anything was run: no token that holds, too many requests. */
function refusal(options: EdgeOptions, thrown: unknown, requestId: string): GraphQLError {
  const error = options.errors.toApi(thrown, requestId);
  countOperation(options, [error]);
  return error;
}

/** A request that Fastify gave up before it reached us: its body too large, its length wrong, its URL not decodable. */
function brokenRequest(error: FastifyError, { options }: Endpoint, request: FastifyRequest): GraphQLError {
  const status = error.statusCode ?? 500;
  if (status === 413) return apiError('PAYLOAD_TOO_LARGE', wordsOf('PAYLOAD_TOO_LARGE'));
  return status < 500 ? badInput('The HTTP request is malformed.') : options.errors.toApi(error, request.id);
}

function failure(error: GraphQLError, request: FastifyRequest, status?: number): HttpResponse {
  const { code, retryAfterSeconds } = error.extensions;
  const given = status ?? (typeof code === 'string' ? STATUS[code] : undefined) ?? 400;
  const headers: Record<string, string> = { 'content-type': responseType(request.headers.accept) };
  if (given === 401) headers['www-authenticate'] = 'Bearer error="invalid_token"';
  if (given === 405) headers['allow'] = 'POST';
  if (typeof retryAfterSeconds === 'number') headers['retry-after'] = String(retryAfterSeconds);
  return [JSON.stringify({ errors: [error] }), { status: given, statusText: '', headers }];
}

/** graphql-http refuses a method or a media type by its status alone; clients branch on a code. */
function withCode(response: HttpResponse, request: FastifyRequest): HttpResponse {
  const [body, { status, headers }] = response;
  if (body !== null || status < 400) return response;
  const [text, init] = failure(badInput(REFUSED[status] ?? 'The HTTP request is malformed.'), request, status);
  return [text, { ...init, headers: { ...headers, ...init.headers } }];
}

const REFUSED: Readonly<Record<number, string>> = {
  405: 'GraphQL is asked by GET or POST.',
  406: 'The answer is application/graphql-response+json or application/json.',
  415: 'The body is application/json in UTF-8, not compressed.',
};

function send(reply: FastifyReply, [body, { status, headers }]: HttpResponse): FastifyReply {
  return reply
    .status(status)
    .headers(headers ?? {})
    .send(body ?? undefined);
}

const textOf = (body: unknown): string | null => (typeof body === 'string' ? body : null);
