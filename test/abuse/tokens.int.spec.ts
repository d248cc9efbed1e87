import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import { demoKey, KeyVerifier, OidcVerifier, type TokenVerifier } from '@assay/graphql';
import { generator } from '../support/random.js';
import { startEdge, type EdgeApp } from './edge-app.js';
import { Flood } from './flood.js';

const SEED = 20_261_122;
const ISSUER = 'https://id.example/realm';
const pairs = {
  ed: generateKeyPairSync('ed25519'),
  es: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rs: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  stranger: generateKeyPairSync('ed25519'),
};
const now = (): number => Math.floor(Date.now() / 1000);
const CLAIMS = { iss: ISSUER, aud: 'assay', sub: 'ada', exp: now() + 600 };
const text64 = (text: string): string => Buffer.from(text).toString('base64url');
const json64 = (value: unknown): string => text64(JSON.stringify(value));

/** A token of any header and payload, as text, signed for real. */
function made(header: object, payload: string, key: KeyObject = pairs.ed.privateKey): string {
  const signed = `${json64(header)}.${text64(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}
const claims = (changed: object, header: object = {}): string => made({ alg: 'EdDSA', kid: 'ed', ...header }, JSON.stringify({ ...CLAIMS, ...changed }));
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
function hmac(secret: string | Buffer, kid = 'rs'): string {
  const signed = `${json64({ alg: 'HS256', kid })}.${json64(CLAIMS)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

let edge: EdgeApp;
let folder: string;
let keyFetches = 0;
let foreignDemoToken: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-tokens-'));
  foreignDemoToken = await (await demoKey(folder)).sign('admin');
  const keys = await Promise.all((['ed', 'es', 'rs'] as const).map(async (kid) => ({ ...(await exportJWK(pairs[kid].publicKey)), kid })));
  const provider: typeof fetch = (address) => {
    const isKeys = (address instanceof Request ? address.url : address.toString()).endsWith('/keys');
    if (isKeys) keyFetches += 1;
    return Promise.resolve(Response.json(isKeys ? { keys } : { issuer: ISSUER, jwks_uri: 'https://id.example/keys' }));
  };
  edge = await startEdge({ verifier: new OidcVerifier({ issuer: ISSUER, audience: 'assay', fetch: provider }) });
});
afterAll(async () => {
  await edge.close();
  await rm(folder, { recursive: true });
});

async function outcome(authorization: string): Promise<readonly [number, unknown]> {
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await fetch(`${edge.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: '{ codeLabel(code: "SEALED") }' }) });
  const body = await answer.text();
  return [answer.status, /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? 'OK'];
}

/** Every wrong kind, made when it is needed. */
const WRONG: Readonly<Record<string, () => string | Promise<string>>> = {
  'of no algorithm': () => new UnsecuredJWT(CLAIMS).encode(),
  'of no algorithm in other letters': () => `${json64({ alg: 'nOnE' })}.${json64(CLAIMS)}.`,
  'without an algorithm': () => made({ kid: 'ed' }, JSON.stringify(CLAIMS)),
  'signed with a public key as a secret': () => hmac(pem(pairs.rs.publicKey)),
  'signed with a public key’s bytes as a secret': () => hmac(pairs.rs.publicKey.export({ type: 'spki', format: 'der' })),
  'signed with nothing as a secret': () => hmac(''),
  'of RSA-PSS, which is not on the list': () => new SignJWT(CLAIMS).setProtectedHeader({ alg: 'PS256', kid: 'rs' }).sign(pairs.rs.privateKey),
  'of RS512, which is not on the list': () => new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS512', kid: 'rs' }).sign(pairs.rs.privateKey),
  'of one key under the name of another': () => new SignJWT(CLAIMS).setProtectedHeader({ alg: 'EdDSA', kid: 'rs' }).sign(pairs.ed.privateKey),
  'of a stranger under a known name': () => made({ alg: 'EdDSA', kid: 'ed' }, JSON.stringify(CLAIMS), pairs.stranger.privateKey),
  'of a stranger who brings a key along': async () => made({ alg: 'EdDSA', kid: 'ed', jwk: await exportJWK(pairs.stranger.publicKey) }, JSON.stringify(CLAIMS), pairs.stranger.privateKey),
  'of a stranger who says where the keys are': () => made({ alg: 'EdDSA', kid: 'theirs', jku: 'https://evil.example/keys' }, JSON.stringify(CLAIMS), pairs.stranger.privateKey),
  'of a stranger with a certificate': () => made({ alg: 'EdDSA', x5u: 'https://evil.example/c', x5c: ['MIIB'] }, JSON.stringify(CLAIMS), pairs.stranger.privateKey),
  'of a key that nobody published': () => made({ alg: 'EdDSA', kid: 'nobody' }, JSON.stringify(CLAIMS), pairs.stranger.privateKey),
  'of another folder’s demo': () => foreignDemoToken,
  'that has expired': () => claims({ exp: now() - 61 }),
  'that is not valid yet': () => claims({ nbf: now() + 90 }),
  'without an expiry': () => claims({ exp: undefined }),
  'whose expiry is text': () => claims({ exp: String(now() + 600) }),
  'whose expiry is no number': () => made({ alg: 'EdDSA', kid: 'ed' }, JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999')),
  'of another issuer': () => claims({ iss: 'https://evil.example' }),
  'of the issuer with a slash more': () => claims({ iss: `${ISSUER}/` }),
  'of a list of issuers': () => claims({ iss: [ISSUER] }),
  'without an issuer': () => claims({ iss: undefined }),
  'for another audience': () => claims({ aud: 'other' }),
  'for an audience that begins alike': () => claims({ aud: 'assayer' }),
  'for nobody in particular': () => claims({ aud: [] }),
  'without an audience': () => claims({ aud: undefined }),
  'without a subject': () => claims({ sub: undefined }),
  'of an empty subject': () => claims({ sub: '' }),
  'of a number as a subject': () => claims({ sub: 7 }),
  'of a list as a subject': () => claims({ sub: ['ada'] }),
  'of an object as a subject': () => claims({ sub: { toString: 'ada' } }),
  'with an extension that must be understood': () => claims({}, { crit: ['x'], x: 1 }),
  'whose payload is not encoded': () => claims({}, { crit: ['b64'], b64: false }),
  'with an empty list of what must be understood': () => claims({}, { crit: [] }),
  'whose payload is no object': () => made({ alg: 'EdDSA', kid: 'ed' }, '"ada"'),
  'whose payload is a list': () => made({ alg: 'EdDSA', kid: 'ed' }, JSON.stringify([CLAIMS])),
  'whose payload is no JSON': () => made({ alg: 'EdDSA', kid: 'ed' }, '{'),
  'of 9,000 characters': () => claims({ padding: 'x'.repeat(7_000) }),
  'that is encrypted in form': () => 'a.b.c.d.e',
  'of two parts': () => claims({}).split('.').slice(0, 2).join('.'),
  'of four parts': () => `${claims({})}.x`,
  'with a changed letter': () => claims({}).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')).replace(/^(.{60})./, '$1_'),
};
const KINDS = Object.entries(WRONG);

describe('a token', () => {
  it('that holds is taken, of each algorithm, and its last claim of a name counts', async () => {
    const good = [claims({}), claims({ aud: ['other', 'assay'] }), claims({ exp: now() - 30 }), claims({ nbf: now() + 30 }), await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'ES256', kid: 'es' }).sign(pairs.es.privateKey), await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', kid: 'rs' }).sign(pairs.rs.privateKey)];
    for (const token of good) expect(await outcome(`Bearer ${token}`)).toEqual([200, 'OK']);
    const twice = (first: string, last: string): string => made({ alg: 'EdDSA', kid: 'ed' }, `{"iss":${first},${JSON.stringify({ ...CLAIMS, iss: 0 }).slice(1).replace('"iss":0', `"iss":${last}`)}`);
    expect(await outcome(`Bearer ${twice('"https://evil.example"', JSON.stringify(ISSUER))}`)).toEqual([200, 'OK']);
    expect(await outcome(`Bearer ${twice(JSON.stringify(ISSUER), '"https://evil.example"')}`)).toEqual([401, 'UNAUTHENTICATED']);
  });

  it.each(KINDS)('%s is refused', async (_what, make) => {
    expect(await outcome(`Bearer ${await make()}`)).toEqual([401, 'UNAUTHENTICATED']);
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer  ', `Bearer ${'a'.repeat(10_000)}`, 'bearer null', 'Token x', '{}'])('in a header of %.20s is refused', async (header) => {
    expect(await outcome(header)).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('of each wrong kind closes a socket with 4403', async () => {
    for (const [what, make] of KINDS) {
      const flood = await Flood.open(edge.url);
      flood.send({ type: 'connection_init', payload: { authorization: `Bearer ${await make()}` } });
      expect([what, await flood.closed()]).toEqual([what, 4403]);
    }
  });

  it.each([
    ['nothing', undefined],
    ['a number', 5],
    ['a list', ['Bearer x']],
    ['an object', { token: 'x' }],
  ])('in the place of which a socket is given %s closes it with 4403', async (_what, authorization) => {
    const flood = await Flood.open(edge.url);
    flood.send({ type: 'connection_init', payload: { authorization } });
    expect(await flood.closed()).toBe(4403);
  });

  it('of hundreds of unknown keys does not have the provider asked again', async () => {
    const before = keyFetches;
    const tokens = Array.from({ length: 300 }, (_, index) => made({ alg: 'EdDSA', kid: `k${String(index)}` }, JSON.stringify(CLAIMS), pairs.stranger.privateKey));
    const outcomes = await Promise.all(tokens.map((token) => outcome(`Bearer ${token}`)));
    expect(new Set(outcomes.map(([status]) => status))).toEqual(new Set([401]));
    // Once for all of them at most, and not again within the minute.
    expect(keyFetches - before).toBeLessThanOrEqual(1);
  });

  it(`changed anywhere is refused, and never our fault (seed ${String(SEED)})`, async () => {
    const random = generator(SEED);
    const verifiers: readonly TokenVerifier[] = [new KeyVerifier(pairs.ed.publicKey, { issuer: ISSUER, audience: 'assay' }), (await demoKey(folder)).verifier];
    const token = claims({});
    const letters = 'ABCabc019-_.=+/ {}"\u00e9';
    for (let index = 0; index < 500; index += 1) {
      const at = random(token.length);
      const cut = random(4);
      const mutant = `${token.slice(0, at)}${Array.from({ length: random(4) }, () => letters[random(letters.length)]).join('')}${token.slice(at + cut)}`;
      // The last letter of a signature holds bits that say nothing: another text of the same bytes is the same token.
      const same = mutant === token || Buffer.from(mutant.split('.')[2] ?? '', 'base64url').equals(Buffer.from(token.split('.')[2] ?? '', 'base64url'));
      if (same) continue;
      for (const verifier of verifiers) await expect(verifier.verify(mutant)).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    }
    expect(edge.faults).toEqual([]);
  });
});
