import { demoKey, markDemo, OidcVerifier } from '@assay/graphql';
import { openSimulation } from '@assay/runtime';
import type { Principal } from '@assay/domain';
import { UsageError, type Io } from '../command.js';
import type { CliConfig } from '../config.js';
import { runtimeOf } from '../open-runtime.js';
import type { ReplayTarget } from './target.js';

/** A log in a database as an import sees it. */
export interface OpenTarget {
  readonly target: ReplayTarget;
  /** The person whose token the command line carries; null without one. */
  readonly person: () => Promise<Principal | null>;
  readonly close: () => Promise<void>;
}

/** Opens the log that the settings name. */
export async function openTarget(config: CliConfig, io: Pick<Io, 'err'>): Promise<OpenTarget> {
  const runtime = await runtimeOf(config, io);
  const { logId, store, executor, finder, principals, accountDigest } = runtime;
  const target: ReplayTarget = {
    ...{ logId, store, executor, finder, principals, accountDigest },
    clock: Date.now,
    begin: (opening, from) => {
      // Marked before its first event: a replay of any age is served as a demo, whoever interrupts it.
      markDemo(config.dataFolder, config.log);
      return openSimulation(runtime, opening, from);
    },
  };
  return { target, person: () => personOf(config, principals), close: () => runtime.close() };
}

async function personOf({ token, oidc, dataFolder }: CliConfig, principals: ReplayTarget['principals']): Promise<Principal | null> {
  if (token === undefined) return null;
  const verifier = oidc === null ? (await demoKey(dataFolder)).verifier : new OidcVerifier(oidc);
  const identity = await verifier.verify(token).catch((error: unknown) => {
    throw new UsageError('ASSAY_TOKEN does not hold; a demo’s tokens live 12 hours, "token <subject>" makes another', { cause: error });
  });
  const principal = await principals.find(identity.issuer, identity.subject);
  if (principal === null) throw new UsageError(`nobody in this log is linked to ${identity.subject}; an administrator links them with linkIdentity`);
  return principal;
}
