import { getOperationAST, type ExecutionArgs, type ExecutionResult, type GraphQLError, type GraphQLSchema } from 'graphql';
import { createHandler, type OperationArgs, type OperationContext, type Request as HttpRequest, type RequestParams, type Response as HttpResponse } from 'graphql-http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptByQuality, responseType } from './accept.js';
import { GraphqlContext } from './context.js';
import { isRefusal, type Documents } from './documents.js';
import type { Admission, EdgeOptions } from './edge-options.js';
import { apiError, badInput, wordsOf } from './error-codes.js';
import { BODY_BYTES_MAX } from './limits.js';

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
 * 256 KB and parsed there, so that its rules and ours answer bad requests in the same shape.
 */
export async function serveHttp(server: FastifyInstance, endpoint: Endpoint): Promise<void> {
  const { path, options, admission } = endpoint;
  const handle = handlerOf(endpoint);
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => {
      done(null, body);
    });
    scope.setErrorHandler((error: FastifyError, request, reply) => send(reply, failure(brokenRequest(error, endpoint, request), request, error.statusCode)));
    scope.all(path, async (request: FastifyRequest, reply: FastifyReply) => {
      reply.header('cache-control', 'no-store').header('x-request-id', request.id);
      try {
        admission.admitAddress(request.ip);
        const headers = { ...request.headers, accept: acceptByQuality(request.headers.accept) };
        return send(reply, await handle({ method: request.method, url: request.url, headers, body: textOf(request.body), raw: request, context: undefined }));
      } catch (error) {
        return send(reply, failure(options.errors.toApi(error, request.id), request));
      }
    });
    return Promise.resolve();
  });
}

function handlerOf(endpoint: Endpoint): (request: GraphqlRequest) => Promise<HttpResponse> {
  const { documents, options } = endpoint;
  return createHandler<FastifyRequest, undefined, OperationContext>({
    // Everything of ours is mapped already, with its request's id; what is left are the library's own findings.
    formatError: (error) => options.errors.toApi(error),
    onSubscribe: async (request, params) => {
      try {
        return await operationFor(endpoint, request, params);
      } catch (error) {
        return failure(options.errors.toApi(error, request.raw.id), request.raw);
      }
    },
    execute: async (args) => runOperation({ documents, options }, args),
  });
}

/** What to run, or why not. graphql-http answers a list of errors by the specification's statuses. */
async function operationFor({ schema, admission, documents, options }: Endpoint, { method, raw }: GraphqlRequest, params: RequestParams): Promise<OperationArgs<OperationContext> | readonly GraphQLError[] | HttpResponse> {
  const identity = await admission.identify(raw.headers.authorization);
  if (identity) admission.admitIdentity(identity);
  const operation = documents.prepare({ query: params.query, operationName: params.operationName ?? null, variables: params.variables ?? null });
  if (isRefusal(operation)) {
    const errors = operation.map((error) => options.errors.toApi(error, raw.id));
    options.metrics.operations.inc({ kind: 'none', code: codeOf(errors) });
    return errors;
  }
  const kind: string = operation.node.operation;
  if (kind === 'subscription') return [badInput('Subscriptions are served over WebSocket, by graphql-transport-ws at the same path.')];
  if (kind === 'mutation' && method === 'GET') return failure(badInput('A mutation is sent by POST.'), raw, 405);
  const context = admission.context({ requestId: raw.id, identity, language: raw.headers['accept-language'] });
  // graphql-http types a context as a record; ours is a class, handed through untouched.
  const contextValue = context as unknown as OperationContext;
  return { schema, document: operation.document, operationName: operation.operationName ?? null, variableValues: operation.variables, contextValue };
}

async function runOperation({ documents, options }: Pick<Endpoint, 'documents' | 'options'>, args: ExecutionArgs): Promise<ExecutionResult> {
  const kind = getOperationAST(args.document, args.operationName)?.operation ?? 'none';
  const stop = options.metrics.seconds.startTimer({ kind });
  const context: unknown = args.contextValue;
  const result = await documents.run({ document: args.document, operationName: args.operationName ?? undefined, variables: args.variableValues ?? {} }, context);
  stop();
  const errors = result.errors?.map((error) => options.errors.toApi(error, context instanceof GraphqlContext ? context.requestId : undefined));
  options.metrics.operations.inc({ kind, code: codeOf(errors) });
  return errors ? { ...result, errors } : result;
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

function send(reply: FastifyReply, [body, { status, headers }]: HttpResponse): FastifyReply {
  return reply
    .status(status)
    .headers(headers ?? {})
    .send(body ?? undefined);
}

const textOf = (body: unknown): string | null => (typeof body === 'string' ? body : null);

function codeOf(errors: readonly GraphQLError[] | undefined): string {
  const code = errors?.[0]?.extensions['code'];
  return errors === undefined ? 'OK' : typeof code === 'string' ? code : 'INTERNAL';
}
