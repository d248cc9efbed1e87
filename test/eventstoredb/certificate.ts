import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and the certificate that vouches for itself, both PEM. Made when a test runs, so that no key is ever committed. */
export interface SelfSigned {
  readonly key: string;
  readonly certificate: string;
}

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x17, sequence: 0x30, set: 0x31 } as const;
// Object identifiers, encoded.
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALT_NAME = '551d11';
const VERSION_3 = 2;
const YEAR_MS = 366 * 86_400_000;

/** For 127.0.0.1 and localhost; it is its own authority. */
export function selfSigned(nowMs: number): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const name = sequence(der(TAG.set, sequence(oid(COMMON_NAME), der(TAG.utf8, Buffer.from('EventStoreDB double')))));
  const body = sequence(
    der(0xa0, integer(Buffer.of(VERSION_3))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(nowMs - YEAR_MS), time(nowMs + YEAR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(authority(), alternativeNames())),
  );
  const signature = der(TAG.bits, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]));
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    certificate: pem(sequence(body, algorithm, signature)),
  };
}

function authority(): Buffer {
  const yes = der(TAG.boolean, Buffer.of(0xff));
  return sequence(oid(BASIC_CONSTRAINTS), yes, der(TAG.octets, sequence(yes)));
}

function alternativeNames(): Buffer {
  const address = der(0x87, Buffer.of(127, 0, 0, 1));
  const host = der(0x82, Buffer.from('localhost'));
  return sequence(oid(SUBJECT_ALT_NAME), der(TAG.octets, sequence(address, host)));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? Buffer.of(length) : Buffer.of(length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(TAG.sequence, Buffer.concat(parts));
const integer = (bytes: Buffer): Buffer => der(TAG.integer, bytes);
const oid = (hex: string): Buffer => der(TAG.oid, Buffer.from(hex, 'hex'));

const time = (ms: number): Buffer =>
  der(TAG.time, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
