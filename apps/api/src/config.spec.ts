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
      http: { host: '127.0.0.1', port: 3000, origins: [], proxyHops: 0, graceMs: 10_000 },
      log: { name: 'main', dataFolder: '.assay', databaseUrl: null, ownerUrl: null },
      oidc: null,
      rates: { perPrincipalPerSecond: 100, perAddressPerSecond: 300 },
      logLevel: 'info',
    });
  });

  it('of a production log is read whole', () => {
    const environment = { ...OIDC, PORT: '8080', HOST: '::', ASSAY_LOG: 'other', DATABASE_URL: 'postgres://app:x@db:5432/assay_main', DATABASE_OWNER_URL: 'postgresql://owner:x@db/assay_main', CORS_ORIGINS: 'https://a.example, https://b.example:8443', PROXY_HOPS: '1', LOG_LEVEL: 'warn', NODE_ENV: 'development' };
    expect(read(environment, 'production', 'crm-2017')).toMatchObject({
      mode: 'production',
      http: { host: '::', port: 8080, origins: ['https://a.example', 'https://b.example:8443'], proxyHops: 1 },
      log: { name: 'crm-2017', databaseUrl: 'postgres://app:x@db:5432/assay_main', ownerUrl: 'postgresql://owner:x@db/assay_main' },
      oidc: { issuer: 'https://id.example/realm', audience: 'assay' },
      logLevel: 'warn',
    });
    expect(read(OIDC).http.host).toBe('0.0.0.0');
  });

  it('of production demands issuer and audience, an empty setting being none', () => {
    expect(problems({ OIDC_ISSUER: '', NODE_ENV: 'test' })).toEqual([expect.stringContaining('OIDC_ISSUER is needed'), expect.stringContaining('OIDC_AUDIENCE is needed')]);
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
    ['OIDC_ISSUER', 'http://id.example'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['PROXY_HOPS', '11'],
    ['LOG_LEVEL', 'loud'],
  ])('names %s where it is %p', (name, value) => {
    expect(problems({ ...OIDC, [name]: value })).toEqual([expect.stringContaining(name)]);
  });
});
