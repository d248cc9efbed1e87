import type { Principal } from '@assay/domain';
import { demoKey, OidcVerifier, type VerifiedIdentity } from '@assay/graphql';
import type { Runtime } from '@assay/runtime';
import { UsageError } from './command.js';
import type { CliConfig } from './config.js';
import { codeOf } from './error-code.js';

/** Whom the command line reads and acts as: the person or integration of its token, with their rights as they are now. */
export interface Reader {
  readonly identity: VerifiedIdentity;
  readonly principal: Principal;
}

/** The reader of `ASSAY_TOKEN`; null without one. A token that does not hold, or that names nobody here, is a usage error. */
export async function readerOf({ token, oidc, dataFolder }: CliConfig, principals: Pick<Runtime['principals'], 'find'>): Promise<Reader | null> {
  if (token === undefined) return null;
  const verifier = oidc === null ? (await demoKey(dataFolder)).verifier : new OidcVerifier(oidc);
  const identity = await verifier.verify(token).catch((error: unknown) => {
    // An issuer that cannot be reached says nothing about the token.
    if (codeOf(error) !== 'UNAUTHENTICATED') throw error;
    throw new UsageError('ASSAY_TOKEN does not hold; a demo’s tokens live 12 hours, "token <subject>" makes another', { cause: error });
  });
  const principal = await principals.find(identity.issuer, identity.subject);
  if (principal === null) throw new UsageError(`nobody in this log is linked to ${identity.subject}; an administrator links them with linkIdentity`);
  return { identity, principal };
}

/** The same where a command cannot do without. */
export async function demandReader(config: CliConfig, principals: Pick<Runtime['principals'], 'find'>): Promise<Reader> {
  const reader = await readerOf(config, principals);
  if (reader === null) throw new UsageError('ASSAY_TOKEN says whom to read as; set it to a token of this log: "token <subject>" makes one for a demo');
  return reader;
}
