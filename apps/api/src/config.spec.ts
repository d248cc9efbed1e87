import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ServeMode } from '@assay/graphql';
import { ConfigError, readConfig, type Config } from './config.js';

const read = (environment: Record<string, string>, mode: ServeMode = 'production', log?: string): Config => readConfig({ environment, log, modeOf: () => mode });
const problems = (...args: Parameters<typeof read>): unknown => {
  try {
    read(...args);
    return 'accepted';
  } catch (error) {
    return error instanceof ConfigError ? error.problems : error;
  }
};
const OIDC = { OIDC_ISSUER: 'https://id.example/realm', OIDC_AUDIENCE: 'assay' };

describe('configuration', () => {
  it('of a demo log needs nothing', () => {
    expect(read({}, 'demo')).toEqual({
      mode: 'demo',
      role: 'all',
      http: { host: '127.0.0.1', port: 3000, origins: [], proxyHops: 0, delayMs: 0, graceMs: 10_000 },
      log: { name: 'main', dataFolder: '.assay', databaseUrl: null, ownerUrl: null },
      oidc: null,
      rates: { perPrincipalPerSecond: 100, perAddressPerSecond: 300 },
      logging: { level: 'info', format: 'auto', slowOperationMs: 1000 },
      metricsPort: null,
      tracing: null,
      warnings: [],
    });
  });

  it('of a production log is read whole', () => {
    const environment = { ...OIDC, PORT: '8080', HOST: '::', ASSAY_LOG: 'other', DATABASE_URL: 'postgres://app:x@db:5432/assay_main', DATABASE_OWNER_URL: 'postgresql://owner:x@db/assay_main', CORS_ORIGINS: 'https://a.example, https://b.example:8443', PROXY_HOPS: '1', LOG_LEVEL: 'warn', NODE_ENV: 'development' };
    expect(read(environment, 'production', 'crm-2017')).toMatchObject({
      mode: 'production',
      http: { host: '::', port: 8080, origins: ['https://a.example', 'https://b.example:8443'], proxyHops: 1 },
      log: { name: 'crm-2017', databaseUrl: 'postgres://app:x@db:5432/assay_main', ownerUrl: 'postgresql://owner:x@db/assay_main' },
      oidc: { issuer: 'https://id.example/realm', audience: 'assay' },
      logging: { level: 'warn' },
    });
    expect(read(OIDC).http.host).toBe('0.0.0.0');
  });

  it('of production demands issuer and audience, an empty setting being none', () => {
    expect(problems({ OIDC_ISSUER: '', NODE_ENV: 'test' })).toEqual([expect.stringContaining('OIDC_ISSUER is not set; needed: an https address'), expect.stringContaining('OIDC_AUDIENCE is not set; needed')]);
  });

  it('of a projector in production demands no issuer: nobody asks it', () => {
    expect(read({ ASSAY_ROLE: 'projector' })).toMatchObject({ role: 'projector', oidc: null });
  });

  it('of a demo log refuses to be served to others or by another key', () => {
    expect(problems({ HOST: '0.0.0.0', ...OIDC }, 'demo')).toEqual([expect.stringContaining('loopback only'), expect.stringContaining('local key only')]);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '3000x'],
    ['ASSAY_LOG', 'Main; DROP'],
    ['DATABASE_URL', 'mysql://x'],
    ['EVENTSTORE_URL', 'https://admin:x@eventstore:2113'],
    ['EVENTSTORE_URL', 'esdb://admin:x@eventstore:2113?tls=true&tlsVerifyCert=false'],
    ['EVENTSTORE_URL', 'esdb://admin:x@y@eventstore:2113?tls=true'],
    ['OIDC_ISSUER', 'http://id.example'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['PROXY_HOPS', '11'],
    ['LOG_LEVEL', 'loud'],
    ['ASSAY_ROLE', 'reader'],
    ['METRICS_PORT', 'no'],
    ['SHUTDOWN_DELAY_MS', '61000'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ])('names %s where it is %p, what it found and what is allowed', (name, value) => {
    const found = name.endsWith('E_URL') ? 'set to something else' : JSON.stringify(value);
    expect(problems({ ...OIDC, [name]: value })).toEqual([expect.stringContaining(`${name} is ${found}; allowed: `)]);
  });

  it('names every fault at once, those of the mode included', () => {
    expect(problems({ PORT: 'x', LOG_LEVEL: 'loud', PROXY_HOPS: '-1', OIDC_ISSUER: 'nobody' })).toEqual([
      expect.stringContaining('OIDC_ISSUER'), expect.stringContaining('PORT'), expect.stringContaining('PROXY_HOPS'), expect.stringContaining('LOG_LEVEL'), expect.stringContaining('OIDC_AUDIENCE'),
    ]);
  });

  it('shows no secret, whatever is wrong with it', () => {
    expect(JSON.stringify(problems({ ...OIDC, DATABASE_URL: 'mysql://app:hunter2@db' }))).not.toContain('hunter2');
  });

  it('takes secrets from files, and says which file will not do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-config-'));
    const [url, empty, server] = [join(folder, 'url'), join(folder, 'empty'), join(folder, 'server')];
    await writeFile(url, 'postgres://app:hunter2@db/assay_main\n');
    await writeFile(empty, '');
    await writeFile(server, 'esdb://admin:hunter2@eventstore:2113?tls=true\n');
    expect(read({ ...OIDC, EVENTSTORE_URL_FILE: server, EVENTSTORE_CA_FILE: '/trust/ca.crt' }).warnings).toEqual([]);
    expect(read({ ...OIDC, DATABASE_URL_FILE: url }).log.databaseUrl).toBe('postgres://app:hunter2@db/assay_main');
    expect(problems({ ...OIDC, DATABASE_URL_FILE: url, DATABASE_URL: 'postgres://db/x' })).toEqual(['DATABASE_URL and DATABASE_URL_FILE are both set; allowed: one of them']);
    expect(problems({ ...OIDC, DATABASE_URL_FILE: empty })).toEqual([expect.stringContaining('which is empty')]);
    expect(problems({ ...OIDC, DATABASE_URL_FILE: join(folder, 'none') })).toEqual([expect.stringContaining('(ENOENT)')]);
    await writeFile(url, 'mysql://app:hunter2@db');
    expect(problems({ ...OIDC, DATABASE_URL_FILE: url })).toEqual([expect.stringMatching(/^DATABASE_URL_FILE is set to something else; allowed: an address/)]);
    await rm(folder, { recursive: true });
  });

  it('warns of what is set in vain, and of a slip by the name that was meant', () => {
    const set = { ...OIDC, OIDC_AUDIENSE: 'assay', DATABSE_URL: 'x', ASSAY_COLOUR: 'red', LOGLEVEL: 'warn', ASSAY_TOKEN: 'known', HOME: '/home', HOSTNAME: 'h', PATH: '/bin' };
    expect(read(set).warnings).toEqual([
      'OIDC_AUDIENSE is set, and nothing reads it; did you mean OIDC_AUDIENCE?',
      'DATABSE_URL is set, and nothing reads it; did you mean DATABASE_URL?',
      'ASSAY_COLOUR is set, and nothing reads it; docs/reference/config.md lists what is read',
      'LOGLEVEL is set, and nothing reads it; did you mean LOG_LEVEL?',
    ]);
  });

  it('sends traces where OpenTelemetry says, and nowhere otherwise', () => {
    const address = (environment: Record<string, string>) => read({ ...OIDC, ...environment }).tracing?.address;
    expect(address({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' })).toBe('http://collector:4318/v1/traces');
    expect(address({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/in' })).toBe('https://traces/in');
  });
});
