import type { ServeMode } from '@assay/graphql';
import { z } from 'zod';

/** The environment cannot be served with; `problems` says of each setting what is expected. */
export class ConfigError extends Error {
  readonly code = 'CONFIGURATION';
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The application's settings, checked, in the slices that its parts are given. */
export interface Config {
  readonly mode: ServeMode;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly origins: readonly string[];
    /** Reverse proxies before us. */
    readonly proxyHops: number;
    /** How long a running request may still take once we are told to stop. */
    readonly graceMs: number;
  };
  readonly log: {
    /** Name of the log; each has a database of its own. */
    readonly name: string;
    /** Holds the embedded database, keys and marks. */
    readonly dataFolder: string;
    /** Null: the embedded PostgreSQL. */
    readonly databaseUrl: string | null;
    readonly ownerUrl: string | null;
  };
  /** Null in demo, where the data folder's own key signs. */
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
  readonly rates: { readonly perPrincipalPerSecond: number; readonly perAddressPerSecond: number };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** The environment and what the command line adds to it. */
export interface ConfigSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--log <name>`; goes before `ASSAY_LOG`. */
  readonly log?: string | undefined;
  /** Whether the log of a data folder is marked as demo; read from the folder. */
  readonly modeOf: (dataFolder: string, log: string) => ServeMode;
}

const whole = (name: string, range: { readonly from: number; readonly to: number; readonly otherwise: number }) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} is a whole number`)
    .transform(Number)
    .refine((value) => value >= range.from && value <= range.to, `${name} lies between ${String(range.from)} and ${String(range.to)}`)
    .default(range.otherwise);
const postgresUrl = (name: string) => z.string().refine((text) => /^postgres(ql)?:$/.test(protocolOf(text)), `${name} is an address postgres://user:password@host:port/database`);
const protocolOf = (text: string): string => (URL.canParse(text) ? new URL(text).protocol : '');

const isOrigin = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
/** The issuer as tokens name it, to the letter: no normalisation. Plain http only on this machine, for tests. */
const isIssuer = (text: string): boolean => URL.canParse(text) && (new URL(text).protocol === 'https:' || ['localhost', '127.0.0.1'].includes(new URL(text).hostname));

const environment = z.object({
  PORT: whole('PORT', { from: 0, to: 65_535, otherwise: 3000 }),
  HOST: z.string().optional(),
  ASSAY_LOG: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, 'ASSAY_LOG (or --log) is a name of lower-case letters, digits and dashes, at most 41')
    .default('main'),
  ASSAY_DATA: z.string().default('.assay'),
  DATABASE_URL: postgresUrl('DATABASE_URL').optional(),
  DATABASE_OWNER_URL: postgresUrl('DATABASE_OWNER_URL').optional(),
  OIDC_ISSUER: z.string().refine(isIssuer, 'OIDC_ISSUER is the https address that tokens name as their issuer').optional(),
  OIDC_AUDIENCE: z.string().optional(),
  CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
    .refine((origins) => origins.every(isOrigin), 'CORS_ORIGINS lists origins such as https://board.example.com, without a path, separated by commas')
    .default([]),
  PROXY_HOPS: whole('PROXY_HOPS', { from: 0, to: 10, otherwise: 0 }),
  SHUTDOWN_GRACE_MS: whole('SHUTDOWN_GRACE_MS', { from: 0, to: 600_000, otherwise: 10_000 }),
  RATE_PER_PRINCIPAL: whole('RATE_PER_PRINCIPAL', { from: 1, to: 100_000, otherwise: 100 }),
  RATE_PER_ADDRESS: whole('RATE_PER_ADDRESS', { from: 1, to: 100_000, otherwise: 300 }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'LOG_LEVEL is fatal, error, warn, info, debug, trace or silent').default('info'),
});
type Environment = z.infer<typeof environment>;

/**
 * The configuration, or a `ConfigError` that names every setting that will not do (`api.md`, Access and modes). The mode
 * is a property of the log served, whatever `NODE_ENV` says; an empty setting counts as not given.
 */
export function readConfig({ environment: given, log, modeOf }: ConfigSource): Config {
  const named = log === undefined ? given : { ...given, ASSAY_LOG: log };
  const filled = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(filled);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(({ message }) => message));
  const settings = parsed.data;
  const mode = modeOf(settings.ASSAY_DATA, settings.ASSAY_LOG);
  const problems = mode === 'demo' ? demoProblems(settings) : productionProblems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return slices(settings, mode);
}

function productionProblems({ OIDC_ISSUER, OIDC_AUDIENCE }: Environment): readonly string[] {
  const needed = { OIDC_ISSUER, OIDC_AUDIENCE };
  return Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [`${name} is needed: this log is not marked as demo, so it is served in production mode`] : []));
}

/** Demo is served to this machine alone, by its own key. */
function demoProblems({ HOST, OIDC_ISSUER }: Environment): readonly string[] {
  return [
    ...(HOST === undefined || isLoopback(HOST) ? [] : [`HOST is ${HOST}, but a demo log is served on loopback only (127.0.0.1, ::1 or localhost)`]),
    ...(OIDC_ISSUER === undefined ? [] : ['OIDC_ISSUER is set, but this log is marked as demo and knows its local key only']),
  ];
}
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function slices(settings: Environment, mode: ServeMode): Config {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = settings;
  return {
    mode,
    http: {
      host: settings.HOST ?? (mode === 'demo' ? '127.0.0.1' : '0.0.0.0'),
      port: settings.PORT,
      origins: settings.CORS_ORIGINS,
      proxyHops: settings.PROXY_HOPS,
      graceMs: settings.SHUTDOWN_GRACE_MS,
    },
    log: { name: settings.ASSAY_LOG, dataFolder: settings.ASSAY_DATA, databaseUrl: settings.DATABASE_URL ?? null, ownerUrl: settings.DATABASE_OWNER_URL ?? null },
    oidc: mode === 'production' && issuer !== undefined && audience !== undefined ? { issuer, audience } : null,
    rates: { perPrincipalPerSecond: settings.RATE_PER_PRINCIPAL, perAddressPerSecond: settings.RATE_PER_ADDRESS },
    logLevel: settings.LOG_LEVEL,
  };
}

/** The process's own environment: this file alone reads it. */
export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
