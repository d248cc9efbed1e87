import { Writable } from 'node:stream';
import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Query, Resolver } from '@nestjs/graphql';
import { startTiny, type TinyApp, type TinyOptions } from '../../test/tiny-app.js';
import { TinyResolver } from '../../test/tiny.resolver.js';
import { Drain } from './drain.js';
import { makeLogger } from './logger.js';
import { closeOnSignal } from './server.js';

/** A request as no browser or fetch would let us send it. */
const raw = (url: string, { path = '/', method = 'GET', headers = {} }: { path?: string; method?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });

describe('the server around GraphQL', () => {
  const running: TinyApp[] = [];
  const start = async (options: TinyOptions = {}): Promise<TinyApp> => {
    const tiny = await startTiny(options);
    running.push(tiny);
    return tiny;
  };
  afterEach(async () => {
    for (const { app } of running.splice(0)) await app.close();
  });

  it('lets pages of the listed origins call, and no others', async () => {
    const tiny = await start({ origins: ['https://board.example'] });
    const preflight = (origin: string) => raw(tiny.url, { path: '/graphql', method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const [listed, foreign] = [await preflight('https://board.example'), await preflight('https://evil.example')];
    expect([listed.status, listed.headers['access-control-allow-origin'], listed.headers['access-control-allow-headers']]).toEqual([204, 'https://board.example', 'authorization, content-type, accept-language']);
    expect([foreign.status, foreign.headers['access-control-allow-origin'], foreign.headers['access-control-allow-methods']]).toEqual([204, undefined, undefined]);
    const answer = await tiny.post({ query: '{ ping }' }, { origin: 'https://board.example' });
    expect([answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual(['https://board.example', 'Origin']);
  });

  it('in demo answers to local host names alone, health included', async () => {
    const tiny = await start({ localOnly: true });
    const status = async (host: string, path = '/health/live') => (await raw(tiny.url, { path, headers: { host } })).status;
    expect([await status('localhost:3000'), await status('rebound.example'), await status('rebound.example', '/graphql')]).toEqual([200, 421, 421]);
  });

  it('limits requests by address and by identity', async () => {
    let clock = 0;
    const rates = { perAddress: { burst: 5, perSecond: 1 }, perPrincipal: { burst: 2, perSecond: 1 } };
    const tiny = await start({ rates, now: () => clock });
    const ada = { authorization: `Bearer ${await tiny.token('ada')}` };
    const ask = async (headers: Record<string, string> = {}) => {
      const { status, headers: answered, body } = await tiny.post({ query: '{ ping }' }, headers);
      return [status, answered.get('retry-after'), body.errors?.[0]?.extensions ?? 'OK'];
    };
    expect([await ask(ada), await ask(ada)]).toEqual([[200, null, 'OK'], [200, null, 'OK']]);
    const limited = [429, '1', { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds: 1, requestId: expect.any(String) }];
    expect([await ask(ada), await ask(), await ask(), await ask()]).toEqual([limited, [200, null, 'OK'], [200, null, 'OK'], limited]);
    clock += 1_000;
    expect(await ask(ada)).toEqual([200, null, 'OK']);
  });

  it('tells addresses apart by the proxies it trusts', async () => {
    const rates = { perAddress: { burst: 1, perSecond: 0.01 }, perPrincipal: { burst: 9, perSecond: 9 } };
    const ask = async (tiny: TinyApp, forwarded: string) => (await tiny.post({ query: '{ ping }' }, { 'x-forwarded-for': forwarded })).status;
    const direct = await start({ rates });
    expect([await ask(direct, '1.1.1.1'), await ask(direct, '2.2.2.2')]).toEqual([200, 429]);
    const proxied = await start({ rates, proxyHops: 1 });
    expect([await ask(proxied, '1.1.1.1'), await ask(proxied, '2.2.2.2'), await ask(proxied, '9.9.9.9, 2.2.2.2')]).toEqual([200, 200, 429]);
  });

  it('is live without keys and ready with them, and neither while it drains', async () => {
    let keys = false;
    const tiny = await start({ verifier: { verify: () => Promise.reject(new Error('none')), ready: () => Promise.resolve(keys) } });
    const health = async (which: string) => {
      const { status, text } = await raw(tiny.url, { path: `/health/${which}` });
      return [status, JSON.parse(text)];
    };
    expect([await health('live'), await health('ready')]).toEqual([
      [200, { status: 'live' }],
      [503, { status: 'not ready', checks: { keys: { ok: false } } }],
    ]);
    keys = true;
    expect(await health('ready')).toEqual([200, { status: 'ready', checks: { keys: { ok: true } } }]);
    await tiny.app.get(Drain).begin(tiny.app.getHttpServer(), { delayMs: 0, graceMs: 60_000 });
    const draining = await raw(tiny.url, { path: '/health/ready' });
    expect([draining.status, draining.headers['connection']]).toEqual([503, 'close']);
  });

  it('shows its figures to this machine alone', async () => {
    const tiny = await start();
    await tiny.post({ query: '{ ping }' });
    await tiny.post({ query: '{ nope }' });
    const { status, text } = await raw(tiny.url, { path: '/metrics' });
    expect([status, text]).toEqual([200, expect.stringContaining('assay_graphql_operations_total{kind="query",operation="ping",code="OK"} 1')]);
    expect(text).toContain('assay_graphql_operations_total{kind="none",operation="none",code="GRAPHQL_VALIDATION_FAILED"} 1');
    expect((await raw(tiny.url, { path: '/metrics', headers: { 'x-forwarded-for': '8.8.8.8' } })).status).toBe(404);
  });

  it('serves GraphiQL from its own files, in demo alone', async () => {
    const tiny = await start({ graphiql: true });
    const page = await raw(tiny.url, { path: '/graphiql' });
    const policy = String(page.headers['content-security-policy']);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none';
    expect([page.status, policy.includes("default-src 'none'"), /https?:\/\//.test(policy)]).toEqual([200, true, false]);
    expect([...page.text.matchAll(/<script(?! nonce="([^"]+)")/g)]).toEqual([]);
    expect(page.text.split(`nonce="${nonce}"`).length - 1).toBe(page.text.split('<script').length - 1);
    const assets = [...page.text.matchAll(/(?:href|from|src)[ =]+"([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect([path, path.startsWith('/graphiql/assets/'), (await raw(tiny.url, { path })).status]).toEqual([path, true, 200]);
    const opened = await raw(tiny.url, { path: '/graphql', headers: { accept: 'text/html,*/*' } });
    expect([opened.status, opened.headers['location'], (await raw(tiny.url, { path: '/graphiql/assets/../../package.json' })).status]).toEqual([302, '/graphiql', 404]);
    expect((await raw((await start()).url, { path: '/graphiql' })).status).toBe(404);
  });

  it('logs requests and unknown errors without a word of a user', async () => {
    const lines: string[] = [];
    const log = makeLogger('trace', new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) }));
    const tiny = await start({ log });
    const { body } = await tiny.post({ query: '{ fail(how: "type") }', variables: { name: 'Zhang San' } }, { authorization: `Bearer ${await tiny.token('ada')}` });
    await tiny.app.close();
    running.length = 0;
    const [error] = lines.filter((line) => line.includes('internal error')).map((line) => JSON.parse(line));
    expect(error).toMatchObject({ level: 50, errorId: body.errors?.[0]?.extensions['errorId'], fault: 'TypeError', requestId: expect.any(String) });
    expect(lines.filter((line) => line.includes('"request"')).map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ method: 'POST', path: '/graphql', status: 200, requestId: error.requestId })]);
    expect(lines.join('')).not.toMatch(/Zhang|Bearer|127\.0\.0\.1/);
  });

  it('told to stop, lets a running request finish, closes its connection and takes no more', async () => {
    const tiny = await startTiny();
    const stopped = closeOnSignal(tiny.app, { delayMs: 0, graceMs: 60_000 });
    const running = tiny.post({ query: '{ nextRing }' });
    while (tiny.bell.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    process.emit('SIGTERM', 'SIGTERM');
    while ((await fetch(`${tiny.url}/health/live`).catch(() => null)) !== null) await new Promise((resolve) => setImmediate(resolve));
    tiny.bell.ring(7);
    const { status, headers, body } = await running;
    expect([status, headers.get('connection'), body.data, await stopped]).toEqual([200, 'close', { nextRing: 7 }, 'SIGTERM']);
  });

  it('does not start with a root field that nobody guards', async () => {
    class Forgotten {
      open(): string {
        return '';
      }
    }
    Query(() => String)(Forgotten.prototype, 'open', Object.getOwnPropertyDescriptor(Forgotten.prototype, 'open') ?? {});
    Resolver()(Forgotten);
    await expect(startTiny({ resolvers: [TinyResolver, Forgotten] })).rejects.toThrow('Forgotten.open');
  });
});
