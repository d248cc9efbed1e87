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
import { testDatabase } from './database.js';

/** Tokens of the test are of this issuer; identities are linked under it. */
export const ISSUER = 'test';
/** An answer as GraphQL over HTTP gives it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[]; readonly extensions: Readonly<Record<string, unknown>> }[];
}
/** The whole product over one simulated log, as a client meets it. */
export interface GraphqlApp {
  readonly url: string;
  readonly runtime: Runtime;
  readonly simulated: OpenSimulation;
  token(subject: string): Promise<string>;
  /** Asks as the person whose identity has this subject. */
  ask(subject: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** The same, as the bytes that came. */
  raw(subject: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

const urlOf = ({ host = '', port = 5432, user = '', password = '', database = '' }: Connection): string =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${String(port)}/${encodeURIComponent(database)}`;

/** Opens a log whose clock the test moves, and serves it: real database, real projections, real edge. */
export async function startGraphqlApp(company: { readonly name: string; readonly timeZone: string }, from: number): Promise<GraphqlApp> {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'assay-graphql-'));
  const faults: unknown[] = [];
  const runtime = await openRuntime({
    dataDir: folder,
    log: 'graphql',
    databaseUrl: urlOf(database.app),
    databaseOwnerUrl: urlOf(database.owner),
    say: () => undefined,
    onParked: (work) => faults.push(work),
    onError: (error) => faults.push(error),
  });
  const admin = { issuer: ISSUER, subject: 'admin' };
  const simulated = await openSimulation(runtime, { ...company, businessYearFirstMonth: 1, admin }, from);
  const { app, sign } = await serve(runtime, simulated);
  const url = await app.getUrl();
  const raw: GraphqlApp['raw'] = async (subject, query, variables = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await sign(subject)}` };
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).text();
  };
  return {
    url,
    runtime,
    simulated,
    token: sign,
    raw,
    // An answer of our own, in the shape that the specification gives it.
    ask: async (...asked) => JSON.parse(await raw(...asked)) as Answer,
    close: async () => {
      await app.close();
      await simulated.release();
      await runtime.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
      if (faults.length > 0) throw new Error(`behind the edge something went wrong: ${faults.map(String).join('; ')}`);
    },
  };
}

async function serve(runtime: Runtime, { simulation }: OpenSimulation): Promise<{ readonly app: NestFastifyApplication; readonly sign: (subject: string) => Promise<string> }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const log = pino({ level: process.env['ASSAY_TEST_LOG'] ?? 'silent' });
  const plenty = { burst: 100_000, perSecond: 100_000 };
  const edge: EdgeOptions = {
    introspection: true,
    verifier: new KeyVerifier(publicKey, { issuer: ISSUER, audience: 'assay' }),
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
  // Only the loader writes to a simulated log, so the edge's commands go through it, at its instant.
  const executor = { execute: (message: Parameters<typeof simulation.execute>[0]) => simulation.execute(message) };
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
    new SignJWT().setProtectedHeader({ alg: 'EdDSA' }).setIssuer(ISSUER).setAudience('assay').setSubject(subject).setExpirationTime('30m').sign(privateKey);
  return { app, sign };
}
