import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { commandCatalogue } from '@assay/domain';
import type { Connection } from '@assay/event-log';
import {
  CommandBusModule,
  createServer,
  EdgeMetrics,
  EdgeModule,
  ErrorMapper,
  FEATURE_PORTS,
  featureNodes,
  featureViews,
  KeyVerifier,
  MUTATION_VIEWS,
  NODE_SOURCES,
  READING_PROVIDERS,
  RESOLVERS,
  type EdgeOptions,
  type FeaturePorts,
} from '@assay/graphql';
import { openRuntime, openSimulation, type OpenSimulation, type Runtime } from '@assay/runtime';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase } from './database.js';

/** Tokens of the test are of this issuer; identities are linked under it. */
export const ISSUER = 'test';
/** An answer as GraphQL over HTTP gives it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[]; readonly extensions: Readonly<Record<string, unknown>> }[];
}
/** A log as a client meets it. */
export interface ServedLog {
  readonly url: string;
  token(subject: string): Promise<string>;
  /** Asks as the person whose identity has this subject. */
  ask(subject: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** The same, as the bytes that came, but for the request's own id in errors. */
  raw(subject: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}
/** The whole product over one simulated log. */
export interface GraphqlApp extends ServedLog {
  readonly runtime: Runtime;
  readonly simulated: OpenSimulation;
}
/** Which engine a test's log is in. */
export type TestEngine = 'postgres' | 'eventstoredb';
/** What a log is served with beside itself. */
export interface ServedWith {
  /** Who signs the tokens; identities are linked under it. */
  readonly issuer: string;
  readonly executor: FeaturePorts['executor'];
}

export const urlOf = ({ host = '', port = 5432, user = '', password = '', database = '' }: Connection): string =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${String(port)}/${encodeURIComponent(database)}`;

/** Opens a log whose clock the test moves, and serves it: real database, real projections, real edge. The log is in the database, or in a double of an event store. */
export async function startGraphqlApp(company: { readonly name: string; readonly timeZone: string }, from: number, engine: TestEngine = 'postgres'): Promise<GraphqlApp> {
  const double = engine === 'postgres' ? null : await EventStoreDouble.start({ systemEventEvery: 7 });
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'assay-graphql-'));
  const faults: unknown[] = [];
  const runtime = await openRuntime({
    dataDir: folder,
    // On a server the database that the address names is the log `main`.
    log: 'main',
    databaseUrl: urlOf(database.app),
    databaseOwnerUrl: urlOf(database.owner),
    ...(double === null ? {} : { eventStore: { url: double.url } }),
    say: () => undefined,
    onParked: (work) => faults.push(work),
    onError: (error) => faults.push(error),
  });
  const admin = { issuer: ISSUER, subject: 'admin' };
  const simulated = await openSimulation(runtime, { ...company, businessYearFirstMonth: 1, admin }, from);
  const { simulation } = simulated;
  // Only the loader writes to a simulated log, so the edge's commands go through it, at its instant.
  const executor = { execute: (message: Parameters<typeof simulation.execute>[0]) => simulation.execute(message) };
  const served = await serveRuntime(runtime, { issuer: ISSUER, executor });
  return {
    ...served,
    runtime,
    simulated,
    close: async () => {
      await served.close();
      await simulated.release();
      await runtime.close();
      await double?.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
      if (faults.length > 0) throw new Error(`behind the edge something went wrong: ${faults.map(String).join('; ')}`);
    },
  };
}

/** Serves an open log with tokens of the test's own; what is under it is closed by whoever opened it. */
export async function serveRuntime(runtime: Runtime, options: ServedWith): Promise<ServedLog> {
  const { app, sign } = await serve(runtime, options);
  const url = await app.getUrl();
  const raw: ServedLog['raw'] = async (subject, query, variables = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await sign(subject)}` };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await answer.text()).replaceAll(/,"requestId":"[^"]*"/g, '');
  };
  // An answer of our own, in the shape that the specification gives it.
  return { url, token: sign, raw, ask: async (...asked) => JSON.parse(await raw(...asked)) as Answer, close: () => app.close() };
}

async function serve(runtime: Runtime, { issuer, executor }: ServedWith): Promise<{ readonly app: NestFastifyApplication; readonly sign: (subject: string) => Promise<string> }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const log = pino({ level: process.env['ASSAY_TEST_LOG'] ?? 'silent' });
  const plenty = { burst: 100_000, perSecond: 100_000 };
  const edge: EdgeOptions = {
    introspection: true,
    verifier: new KeyVerifier(publicKey, { issuer, audience: 'assay' }),
    // Rights follow from the log's day, which the simulation says.
    principals: runtime.principals,
    errors: new ErrorMapper(log),
    metrics: new EdgeMetrics(),
    origins: [],
    localOnly: false,
    proxyHops: 0,
    rates: { perAddress: plenty, perPrincipal: plenty },
    log,
  };
  const ports: FeaturePorts = { executor, readModels: runtime.readModels, log: runtime.store, company: () => runtime.company(), serving: { mode: 'DEMO', protection: runtime.log.protection } };
  const module = EdgeModule.forRoot({
    edge,
    checks: [],
    resolvers: RESOLVERS,
    imports: [CommandBusModule.forRoot(executor, Object.keys(commandCatalogue))],
    providers: [{ provide: FEATURE_PORTS, useValue: ports }, { provide: MUTATION_VIEWS, useValue: featureViews(ports) }, { provide: NODE_SOURCES, useValue: featureNodes(ports) }, ...READING_PROVIDERS],
  });
  const app = await createServer(module, { rules: edge, graphiql: false, proxyHops: 0, log });
  await app.listen(0, '127.0.0.1');
  const sign = (subject: string): Promise<string> =>
    new SignJWT().setProtectedHeader({ alg: 'EdDSA' }).setIssuer(issuer).setAudience('assay').setSubject(subject).setExpirationTime('30m').sign(privateKey);
  return { app, sign };
}
