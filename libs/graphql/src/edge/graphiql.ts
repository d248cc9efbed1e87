import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ruruHTML, type RuruClientConfig, type RuruServerConfig } from 'ruru/server';
import { getStaticFile } from 'ruru/static';

const ASSETS = '/graphiql/assets/';

/**
 * GraphiQL from the package's own files, for the demo: nothing is fetched from elsewhere, and the page's policy says
 * so to the browser. `/` and a browser that opens `/graphql` are led here.
 */
export function serveGraphiql(server: FastifyInstance, graphqlPath: string, query?: string): void {
  server.get('/graphiql', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    const page = ruruHTML({ staticPath: ASSETS, endpoint: graphqlPath, subscriptionEndpoint: graphqlPath, ...openedWith(query), htmlParts: { titleTag: '<title>Assay</title>' } });
    return reply
      .header('content-security-policy', policy(nonce))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(page.replaceAll('<script', `<script nonce="${nonce}"`));
  });
  server.get(`${ASSETS}*`, async (request, reply) => {
    const file = await getStaticFile({ staticPath: ASSETS, urlPath: request.url, acceptEncoding: request.headers['accept-encoding'], disallowDevAssets: true });
    if (file === null) return reply.status(404).type('text/plain').send('Not found\n');
    if (request.headers['if-none-match'] === file.headers['etag']) return reply.status(304).send();
    return reply.headers(file.headers).header('cache-control', 'public, max-age=86400').header('vary', 'Accept-Encoding').send(file.content);
  });
  server.get('/', async (_request, reply) => reply.redirect('/graphiql'));
  server.addHook('onRequest', async (request, reply) => {
    const opened = request.method === 'GET' && request.url === graphqlPath && request.headers.upgrade === undefined;
    if (opened && request.headers.accept?.includes('text/html') === true) return reply.redirect('/graphiql');
  });
}

// The page has defaults for the rest, which its type demands all the same.
const openedWith = (query?: string): Pick<RuruServerConfig, 'clientConfig'> => (query === undefined ? {} : { clientConfig: { defaultQuery: query } as RuruClientConfig });

// The editor writes styles as it runs, hence `unsafe-inline` for these alone; scripts carry the page's nonce.
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
