import { eventStoreOf, LOG_SETTINGS, readSettings, TOKEN_SETTING, type Environment, type EventStorePlace } from '@assay/runtime';
import { UsageError } from './command.js';

/** The command line's settings: those of the server that say where a log is, and the token it reads and acts as. */
const SETTINGS = { ...LOG_SETTINGS, ...TOKEN_SETTING } as const;

export interface CliConfig {
  readonly dataFolder: string;
  readonly log: string;
  readonly token: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  /** Left out: the log is in PostgreSQL. */
  readonly eventStore?: EventStorePlace;
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
}

/** The settings, `--log` going before `ASSAY_LOG`. Throws `UsageError` naming what will not do. */
export function cliConfig(log: string | undefined): CliConfig {
  const { values, faults } = readSettings(SETTINGS, log === undefined ? process.env : { ...process.env, ASSAY_LOG: log });
  if (faults.size > 0) throw new UsageError([...faults.values()].join('; '));
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = values;
  return {
    dataFolder: values.ASSAY_DATA,
    log: values.ASSAY_LOG,
    token: values.ASSAY_TOKEN ?? undefined,
    databaseUrl: values.DATABASE_URL ?? undefined,
    databaseOwnerUrl: values.DATABASE_OWNER_URL ?? undefined,
    ...eventStoreOf(values),
    oidc: issuer === null || audience === null ? null : { issuer, audience },
  };
}

/** The process's own environment, for the doctor: it judges the server's settings too. */
export const processEnvironment = (): Environment => process.env;
