import type { ServeMode } from '@assay/graphql';
import type { Level } from 'pino';
import { eventStoreOf, readSettings, strangers, TOKEN_SETTING, variablesOf, type Environment, type ProcessRole, type Values, type EventStorePlace } from '@assay/runtime';
import { SERVER_SETTINGS } from './settings.js';

/** The environment cannot be served with; `problems` says of each setting what was found and what is allowed. */
export class ConfigError extends Error {
  readonly code = 'CONFIGURATION';
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The application's settings, checked, in the slices that its parts are given. */
export interface Config {
  readonly mode: ServeMode;
  readonly role: ProcessRole;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly origins: readonly string[];
    /** Reverse proxies before us. */
    readonly proxyHops: number;
    /** Once we are told to stop: how long we go on taking requests while readiness says no. */
    readonly delayMs: number;
    /** And after that, how long a running request may still take. */
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
    /** Left out: the log is in PostgreSQL. */
    readonly eventStore?: EventStorePlace;
  };
  /** Null in demo, where the data folder's own key signs, and for a projector, which nobody asks. */
  readonly oidc: { readonly issuer: string; readonly audience: string } | null;
  readonly rates: { readonly perPrincipalPerSecond: number; readonly perAddressPerSecond: number };
  readonly logging: { readonly level: Level | 'silent'; readonly format: 'auto' | 'json' | 'text'; readonly slowOperationMs: number };
  /** Null: `/metrics` is at the main port, for this machine only. */
  readonly metricsPort: number | null;
  /** Null: no traces. */
  readonly tracing: { readonly address: string; readonly serviceName: string } | null;
  /** Variables that are set in vain, a line each; for the log. */
  readonly warnings: readonly string[];
}

/** The environment and what the command line adds to it. */
export interface ConfigSource {
  readonly environment: Environment;
  /** `--log <name>`; goes before `ASSAY_LOG`. */
  readonly log?: string | undefined;
  /** How the log of a data folder is served; `server` where it is on one that DATABASE_URL names. */
  readonly modeOf: (dataFolder: string, log: string, on: { readonly server: boolean }) => ServeMode;
}

type Settings = Values<typeof SERVER_SETTINGS>;

/**
 * The configuration, or a `ConfigError` with every fault at once (`api.md`, Access and modes). The mode is a property of the
 * log served, whatever `NODE_ENV` says; an empty setting counts as not given.
 */
export function readConfig({ environment, log, modeOf }: ConfigSource): Config {
  const { values, faults } = readSettings(SERVER_SETTINGS, log === undefined ? environment : { ...environment, ASSAY_LOG: log });
  // Which mode it is follows from the log's name: without one, nothing can be said of what the mode demands.
  const mode = faults.has('ASSAY_LOG') ? null : modeOf(values.ASSAY_DATA, values.ASSAY_LOG, { server: values.DATABASE_URL !== null });
  const demanded = mode === null ? [] : mode === 'demo' ? demoProblems(values) : productionProblems(values, faults);
  const problems = [...faults.values(), ...demanded];
  if (mode === null || problems.length > 0) throw new ConfigError(problems);
  return slices(values, { mode, warnings: strangers(environment, [...variablesOf(SERVER_SETTINGS), ...variablesOf(TOKEN_SETTING)]) });
}

const NEEDED_IN_PRODUCTION = ['OIDC_ISSUER', 'OIDC_AUDIENCE'] as const;

function productionProblems(settings: Settings, faults: ReadonlyMap<string, string>): readonly string[] {
  if (settings.ASSAY_ROLE === 'projector') return [];
  const missing = NEEDED_IN_PRODUCTION.filter((name) => settings[name] === null && !faults.has(name));
  return missing.map((name) => `${name} is not set; needed: ${SERVER_SETTINGS[name].allowed}, since this log is not marked as demo and is served in production mode`);
}

/** Demo is served to this machine alone, by its own key. */
function demoProblems({ HOST, OIDC_ISSUER }: Settings): readonly string[] {
  return [
    ...(HOST === null || isLoopback(HOST) ? [] : [`HOST is ${JSON.stringify(HOST)}; allowed: 127.0.0.1, ::1 or localhost, since a demo log is served on loopback only`]),
    ...(OIDC_ISSUER === null ? [] : ['OIDC_ISSUER is set; allowed: nothing, since this log is marked as demo and knows its local key only']),
  ];
}
const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function slices(settings: Settings, { mode, warnings }: Pick<Config, 'mode' | 'warnings'>): Config {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = settings;
  return {
    mode,
    role: settings.ASSAY_ROLE,
    http: {
      host: settings.HOST ?? (mode === 'demo' ? '127.0.0.1' : '0.0.0.0'),
      port: settings.PORT,
      origins: settings.CORS_ORIGINS,
      proxyHops: settings.PROXY_HOPS,
      delayMs: settings.SHUTDOWN_DELAY_MS,
      graceMs: settings.SHUTDOWN_GRACE_MS,
    },
    log: { name: settings.ASSAY_LOG, dataFolder: settings.ASSAY_DATA, databaseUrl: settings.DATABASE_URL, ownerUrl: settings.DATABASE_OWNER_URL, ...eventStoreOf(settings) },
    oidc: mode === 'production' && issuer !== null && audience !== null ? { issuer, audience } : null,
    rates: { perPrincipalPerSecond: settings.RATE_PER_PRINCIPAL, perAddressPerSecond: settings.RATE_PER_ADDRESS },
    logging: { level: settings.LOG_LEVEL, format: settings.LOG_FORMAT, slowOperationMs: settings.SLOW_OPERATION_MS },
    metricsPort: settings.METRICS_PORT,
    tracing: tracingOf(settings),
    warnings,
  };
}

function tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole, OTEL_SERVICE_NAME: serviceName }: Settings): Config['tracing'] {
  const address = whole ?? (base === null ? null : `${base.replace(/\/+$/, '')}/v1/traces`);
  return address === null ? null : { address, serviceName };
}

/** The process's own environment: this file alone reads it. */
export const processEnvironment = (): Environment => process.env;
