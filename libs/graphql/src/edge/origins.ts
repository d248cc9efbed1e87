import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';

/** Which pages may call, and whether only by local names. */
export interface OriginRules {
  readonly origins: readonly string[];
  readonly localOnly: boolean;
}

const LOCAL_HOST = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Whether a `Host` header names this machine; in demo nothing else is answered, so that no web page reaches it by a name of its own. */
export const isLocalHost = (host: string | undefined): boolean => host !== undefined && LOCAL_HOST.test(host);

/** Whether a page of this origin may call: none given, our own, or one of the list. */
export function mayCall(headers: IncomingHttpHeaders, { origins }: OriginRules): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

/**
 * Puts the rules on every HTTP request: the demo's host names (421 otherwise), and CORS by the Fetch standard for the
 * origins listed. A page of any other origin gets no CORS header, so its browser neither sends a JSON body nor shows
 * it an answer. The WebSocket upgrade, to which browsers do not apply CORS, asks `mayCall` itself.
 */
export function guardOrigins(server: FastifyInstance, rules: OriginRules): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (rules.localOnly && !isLocalHost(request.headers.host)) return reply.code(421).type('text/plain').send('This demo answers to local host names only.\n');
    reply.header('x-content-type-options', 'nosniff').header('vary', 'Origin');
    const { origin } = request.headers;
    const listed = origin !== undefined && rules.origins.includes(origin);
    if (listed) reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'x-request-id, retry-after');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    if (listed) reply.header('access-control-allow-methods', 'GET, POST').header('access-control-allow-headers', 'authorization, content-type, accept-language').header('access-control-max-age', '600');
    return reply.code(204).send();
  });
}
