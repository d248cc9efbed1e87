import { z } from 'zod';
import { UsageError } from './command.js';

/** The command line's settings: those of the server that say where a log is, and the token it reads and acts as. */
const environment = z.object({
  ASSAY_DATA: z.string().default('.assay'),
  ASSAY_LOG: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'ASSAY_LOG (or --log) is a name of lower-case letters, digits and dashes, at most 41').default('main'),
  ASSAY_TOKEN: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  DATABASE_OWNER_URL: z.string().optional(),
  OIDC_ISSUER: z.string().optional(),
  OIDC_AUDIENCE: z.string().optional(),
});

export interface CliConfig {
  readonly dataFolder: string;
  readonly log: string;
  readonly token: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
}

/** The settings, `--log` going before `ASSAY_LOG`. Throws `UsageError` naming what will not do. */
export function cliConfig(log: string | undefined): CliConfig {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(log === undefined ? given : { ...given, ASSAY_LOG: log });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ message }) => message).join('; '));
  const { ASSAY_DATA, ASSAY_LOG, ASSAY_TOKEN, DATABASE_URL, DATABASE_OWNER_URL, OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = parsed.data;
  return {
    dataFolder: ASSAY_DATA,
    log: ASSAY_LOG,
    token: ASSAY_TOKEN,
    databaseUrl: DATABASE_URL,
    databaseOwnerUrl: DATABASE_OWNER_URL,
    oidc: issuer === undefined || audience === undefined ? null : { issuer, audience },
  };
}
