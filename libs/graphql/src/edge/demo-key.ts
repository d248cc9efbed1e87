import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { KeyVerifier, type TokenVerifier } from './token-verifier.js';

/** What demo tokens carry; no production issuer can have this name, since it is no address. */
export const DEMO_ISSUER = 'assay-demo';
export const DEMO_AUDIENCE = 'assay';
const TOKEN_LIFETIME = '12h';
const KEY_FILE = 'demo-key.pem';

/** The key of one data folder: signs and verifies the tokens of its demo. */
export interface DemoKey {
  readonly verifier: TokenVerifier;
  /** A token of 12 hours for a subject, e.g. a demo person's. */
  sign(subject: string): Promise<string>;
}

/**
 * The demo's key, made at the first call and kept at `<folder>/demo-key.pem`, readable by its owner only (mode 0600).
 * Two processes that begin at once end with the same key: the file appears whole, and only once.
 */
export async function demoKey(folder: string): Promise<DemoKey> {
  const path = join(folder, KEY_FILE);
  const privateKey = (await readKey(path)) ?? (await makeKey(folder, path));
  const publicKey = createPublicKey(privateKey);
  return {
    verifier: new KeyVerifier(publicKey, { issuer: DEMO_ISSUER, audience: DEMO_AUDIENCE }),
    sign: (subject) =>
      new SignJWT().setProtectedHeader({ alg: 'EdDSA' }).setIssuer(DEMO_ISSUER).setAudience(DEMO_AUDIENCE).setSubject(subject).setIssuedAt().setExpirationTime(TOKEN_LIFETIME).sign(privateKey),
  };
}

async function readKey(path: string): Promise<KeyObject | undefined> {
  try {
    const key = createPrivateKey(await readFile(path, 'utf8'));
    await chmod(path, 0o600);
    return key;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function makeKey(folder: string, path: string): Promise<KeyObject> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  try {
    await link(draft, path);
    return privateKey;
  } catch (error) {
    // Another process was first: its key is the folder's.
    const theirs = hasCode(error, 'EEXIST') ? await readKey(path) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    await rm(draft, { force: true });
  }
}

const hasCode = (error: unknown, code: string): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === code;
