import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { selfSigned } from './certificate.js';

/** How a double is reached: in plain text, or over TLS with an authority of its own. */
export interface Transport {
  readonly credentials: ServerCredentials;
  /** Where the certificate of the authority lies; null in plain text. */
  readonly caFile: string | null;
  remove(): Promise<void>;
}

export async function transport(tls: boolean): Promise<Transport> {
  if (!tls) return { credentials: ServerCredentials.createInsecure(), caFile: null, remove: async () => undefined };
  const { key, certificate } = selfSigned(Date.now());
  const folder = await mkdtemp(join(tmpdir(), 'assay-eventstoredb-'));
  const caFile = join(folder, 'ca.crt');
  await writeFile(caFile, certificate);
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
  return {
    credentials: ServerCredentials.createSsl(null, [pair]),
    caFile,
    remove: () => rm(folder, { recursive: true }),
  };
}
