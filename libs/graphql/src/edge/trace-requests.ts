import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestSpan, type RequestSpan } from '@assay/event-log';

/** A span for every request, under the caller's `traceparent`, around all that answers it. Route, method and status, nothing else. */
export function traceRequests(server: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'assay.request_id': request.id };
    spans.set(request, requestSpan(`${request.method} ${route}`, request.headers, attributes));
    done();
  });
  // The body is read by the socket's own events: only what comes after it can be put inside the span.
  server.addHook('preValidation', (request, _reply, done) => {
    const found = spans.get(request);
    if (found) found.within(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.span.setAttribute('http.response.status_code', reply.statusCode).end();
    done();
  });
}
