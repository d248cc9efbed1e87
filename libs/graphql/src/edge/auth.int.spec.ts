import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { GraphQLError } from 'graphql';
import { DEMO_AUDIENCE, DEMO_ISSUER, demoKey } from './demo-key.js';
import { OidcVerifier } from './oidc-verifier.js';
import { KeyVerifier, type TokenVerifier } from './token-verifier.js';

const ISSUER = 'https://id.example/realm';
const AUDIENCE = 'assay';
const outcome = async (verifier: TokenVerifier, token: string): Promise<unknown> => {
  try {
    return (await verifier.verify(token)).subject;
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions['code'] : error;
  }
};
interface Claims {
  readonly alg?: string;
  readonly kid?: string;
  readonly iss?: string;
  readonly aud?: string;
  /** Seconds from now. */
  readonly exp?: number | null;
  readonly sub?: string | null;
}
const now = (): number => Math.floor(Date.now() / 1000);
const token = (key: KeyObject | Uint8Array, claims: Claims = {}): Promise<string> => {
  const jwt = new SignJWT().setProtectedHeader({ alg: claims.alg ?? 'EdDSA', ...(claims.kid === undefined ? {} : { kid: claims.kid }) }).setIssuer(claims.iss ?? ISSUER).setAudience(claims.aud ?? AUDIENCE);
  if (claims.exp !== null) jwt.setExpirationTime(now() + (claims.exp ?? 300));
  if (claims.sub !== null) jwt.setSubject(claims.sub ?? 'ada');
  return jwt.sign(key);
};

describe('tokens', () => {
  const ed = generateKeyPairSync('ed25519');
  const verifier = new KeyVerifier(ed.publicKey, { issuer: ISSUER, audience: AUDIENCE });

  it.each<[string, Claims, unknown]>([
    ['its own claims', {}, 'ada'],
    ['an expiry within the leeway', { exp: -30 }, 'ada'],
    ['an expiry past the leeway', { exp: -90 }, 'UNAUTHENTICATED'],
    ['no expiry', { exp: null }, 'UNAUTHENTICATED'],
    ['another issuer', { iss: 'https://evil.example' }, 'UNAUTHENTICATED'],
    ['another audience', { aud: 'other' }, 'UNAUTHENTICATED'],
    ['no subject', { sub: null }, 'UNAUTHENTICATED'],
    ['an empty subject', { sub: '' }, 'UNAUTHENTICATED'],
  ])('with %s', async (_what, claims, expected) => {
    expect(await outcome(verifier, await token(ed.privateKey, claims))).toBe(expected);
  });

  it('signed by another key, by none, by a shared secret, or not at all are refused', async () => {
    const other = generateKeyPairSync('ed25519');
    const unsigned = new UnsecuredJWT().setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('ada').setExpirationTime('5m').encode();
    const shared = await token(new TextEncoder().encode(ed.publicKey.export({ type: 'spki', format: 'pem' }).toString()), { alg: 'HS256' });
    for (const forged of [await token(other.privateKey), unsigned, shared, 'a.b.c', '', 'x'.repeat(9_000)]) expect(await outcome(verifier, forged)).toBe('UNAUTHENTICATED');
  });
});

/** A provider in memory: what it publishes, whether it answers, and what it was asked. */
class Provider {
  keys: JWK[] = [];
  up = true;
  issuer = ISSUER;
  asked: string[] = [];
  readonly fetch: typeof fetch = (address) => {
    const url = address instanceof Request ? address.url : address.toString();
    this.asked.push(url);
    if (!this.up) return Promise.reject(new TypeError('fetch failed'));
    const body = url.endsWith('/openid-configuration') ? { issuer: this.issuer, jwks_uri: 'https://id.example/keys' } : { keys: this.keys };
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } }));
  };
  get keyFetches(): number {
    return this.asked.filter((url) => url.endsWith('/keys')).length;
  }
}

describe('an OpenID provider', () => {
  let provider: Provider;
  let clock: number;
  let verifier: OidcVerifier;
  const pairs = { ed: generateKeyPairSync('ed25519'), es: generateKeyPairSync('ec', { namedCurve: 'P-256' }), rs: generateKeyPairSync('rsa', { modulusLength: 2048 }), next: generateKeyPairSync('ed25519') };
  const jwk = async (name: keyof typeof pairs): Promise<JWK> => ({ ...(await exportJWK(pairs[name].publicKey)), kid: name });
  beforeEach(async () => {
    provider = new Provider();
    provider.keys = [await jwk('ed'), await jwk('es'), await jwk('rs')];
    clock = 1_000_000;
    verifier = new OidcVerifier({ issuer: ISSUER, audience: AUDIENCE, fetch: provider.fetch, now: () => clock });
  });

  it('signs with EdDSA, ES256 and RS256, and its keys are fetched once', async () => {
    const tokens = [await token(pairs.ed.privateKey, { kid: 'ed' }), await token(pairs.es.privateKey, { kid: 'es', alg: 'ES256' }), await token(pairs.rs.privateKey, { kid: 'rs', alg: 'RS256' })];
    expect(await Promise.all(tokens.map((one) => outcome(verifier, one)))).toEqual(['ada', 'ada', 'ada']);
    expect(await outcome(verifier, await token(pairs.rs.privateKey, { kid: 'rs', alg: 'PS256' }))).toBe('UNAUTHENTICATED');
    expect(provider.keyFetches).toBe(1);
  });

  it('is asked for an unknown kid at most once a minute', async () => {
    await outcome(verifier, await token(pairs.ed.privateKey, { kid: 'ed' }));
    const fresh = await token(pairs.next.privateKey, { kid: 'next' });
    provider.keys.push(await jwk('next'));
    expect([await outcome(verifier, fresh), provider.keyFetches]).toEqual(['UNAUTHENTICATED', 1]);
    clock += 60_000;
    expect([await outcome(verifier, fresh), provider.keyFetches]).toEqual(['ada', 2]);
    const unknown = await token(pairs.next.privateKey, { kid: 'nobody' });
    for (let index = 0; index < 20; index += 1) await outcome(verifier, unknown);
    expect(provider.keyFetches).toBe(2);
  });

  it('withdraws a key within ten minutes', async () => {
    const old = await token(pairs.ed.privateKey, { kid: 'ed' });
    expect(await outcome(verifier, old)).toBe('ada');
    provider.keys = [await jwk('next')];
    clock += 600_001;
    expect(await outcome(verifier, old)).toBe('UNAUTHENTICATED');
  });

  it('that is down leaves the keys at hand in use', async () => {
    const good = await token(pairs.ed.privateKey, { kid: 'ed' });
    await outcome(verifier, good);
    provider.up = false;
    clock += 3_600_000;
    expect([await outcome(verifier, good), await verifier.ready()]).toEqual(['ada', true]);
  });

  it('that was never reached leaves us live, not ready, and unable to judge', async () => {
    provider.up = false;
    const good = await token(pairs.ed.privateKey, { kid: 'ed' });
    expect([await verifier.ready(), await outcome(verifier, good)]).toEqual([false, 'UNAVAILABLE']);
    expect(provider.asked).toHaveLength(1);
    provider.up = true;
    clock += 5_000;
    expect([await verifier.ready(), await outcome(verifier, good)]).toEqual([true, 'ada']);
  });

  it('that calls itself otherwise is not believed', async () => {
    provider.issuer = 'https://evil.example';
    expect([await verifier.ready(), provider.keyFetches]).toEqual([false, 0]);
  });
});

describe('the demo key', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-key-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made once, for its owner only, however many begin at once', async () => {
    const keys = await Promise.all([demoKey(folder), demoKey(folder), demoKey(folder)]);
    const signed = await Promise.all(keys.map((key) => key.sign('bo')));
    for (const key of [...keys, await demoKey(folder)]) for (const one of signed) expect(await outcome(key.verifier, one)).toBe('bo');
    expect((await stat(join(folder, 'demo-key.pem'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'demo-key.pem'), 'utf8')).toContain('PRIVATE KEY');
  });

  it('signs for twelve hours and for its own demo', async () => {
    const key = await demoKey(folder);
    const { expiresAt, issuer } = await key.verifier.verify(await key.sign('bo'));
    expect([Math.round((expiresAt - now()) / 3600), issuer, DEMO_AUDIENCE]).toEqual([12, DEMO_ISSUER, 'assay']);
    const other = await demoKey(join(folder, 'other'));
    expect(await outcome(other.verifier, await key.sign('bo'))).toBe('UNAUTHENTICATED');
  });

  it('that cannot be read is an error, not a new key', async () => {
    await writeFile(join(folder, 'demo-key.pem'), 'spoilt');
    await expect(demoKey(folder)).rejects.toThrow();
  });
});
