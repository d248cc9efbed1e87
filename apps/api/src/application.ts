import { setTimeout as delay } from 'node:timers/promises';
import { demoKey, faultOf, FEATURE_PORTS, featureNodes, featureViews, OidcVerifier, READING_PROVIDERS, type FeaturePorts, type TokenVerifier } from '@assay/graphql';
import { commandCatalogue } from '@assay/domain';
import type { TourLocale } from '@assay/demo';
import { holdFolder, openRuntime, reach, type FolderHold, type Runtime } from '@assay/runtime';
import type { Config } from './config.js';
import type { DemoLoad } from './demo-load.js';
import { demoTour, type DemoTour } from './demo-tour.js';
import { openServedLog, type StartOptions } from './first-log.js';
import { readinessChecks } from './health.js';
import { endInTime } from './last-resort.js';
import { startObserving, type Observing } from './observing.js';
import { demandPort, serve, serveHealth, type Serving } from './serve.js';
import { startScreen } from './start-screen.js';

/** What the process gives the application: where it prints, and what ends it. */
export interface ProcessPorts {
  readonly print: (text: string) => void;
  /** Whether a person reads what is printed. */
  readonly terminal: boolean;
  /** The language that whoever starts it reads. */
  readonly locale: TourLocale;
  readonly signal: AbortSignal;
}

/**
 * Serves the log, says where, and holds until a signal has closed everything again. Where another process serves it from
 * the same folder, its address is all there is to say. A signal before it serves closes what was opened and is thrown.
 */
export async function runApplication(config: Config, ports: ProcessPorts, options: StartOptions): Promise<void> {
  const { http, log } = config;
  const waiting = (): void => void process.stderr.write('Another start on this folder is under way; where it answers comes as soon as it does.\n');
  const hold = log.databaseUrl === null ? await holdFolder(log.dataFolder, log.name, { signal: ports.signal, waiting }) : null;
  if (hold !== null && 'servedAt' in hold) return ports.print(`Assay serves the log ${log.name} already: ${hold.servedAt}/graphql\n`);
  try {
    await demandPort(http);
    await openAndServe(config, { ports, options, hold });
  } finally {
    await hold?.release();
  }
}

interface Start {
  readonly ports: ProcessPorts;
  readonly options: StartOptions;
  readonly hold: FolderHold | null;
}

async function openAndServe(config: Config, start: Start): Promise<void> {
  const observing = await startObserving(config);
  try {
    await observedServing(config, start, observing);
  } finally {
    await observing.close();
  }
}

async function observedServing(config: Config, { ports, options, hold }: Start, observing: Observing): Promise<void> {
  const { print, signal, terminal, locale } = ports;
  const { log } = observing;
  endInTime(signal, config.http, () => {
    log.fatal('closing did not end in time; the process is ended');
    process.exit(1);
  });
  const runtime = await openRuntime({
    dataDir: config.log.dataFolder,
    log: config.log.name,
    role: config.role,
    ...(config.log.databaseUrl === null ? {} : { databaseUrl: config.log.databaseUrl }),
    ...(config.log.ownerUrl === null ? {} : { databaseOwnerUrl: config.log.ownerUrl }),
    ...(config.log.eventStore === undefined ? {} : { eventStore: config.log.eventStore }),
    say: (line) => log.warn(line),
    onParked: (work) => log.error({ work }, 'work of a process manager is parked'),
    onError: (error) => log.error(faultOf(error), 'a background task failed and is tried again'),
    observer: observing.service,
    signal,
    viewsLater: true,
  });
  try {
    const { serving, tour } = await unlessInterrupted(signal, runtime, servedLog(config, { runtime, observing, ports, options }));
    hold?.announce(serving.url);
    print(await startScreen(config, { url: serving.url, locale, terminal, tour }));
    await serving.stopped;
  } finally {
    await runtime.close();
  }
}

/** What loads the log may take a minute: a signal takes it away from under it, so that it ends wherever it is. */
async function unlessInterrupted<T>(signal: AbortSignal, runtime: Runtime, starting: Promise<T>): Promise<T> {
  let abandon = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    abandon = () => void runtime.close().then(() => reject(new Error('interrupted before it served')), reject);
  });
  if (signal.aborted) abandon();
  signal.addEventListener('abort', abandon);
  try {
    return await Promise.race([starting, interrupted]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

interface Opened {
  readonly runtime: Runtime;
  readonly observing: Observing;
  readonly ports: ProcessPorts;
  readonly options: StartOptions;
}

/** Serves at once; where the demo is still to be loaded, that comes before it is ready and before anything is said of how to ask. */
async function servedLog(config: Config, opened: Opened): Promise<{ readonly serving: Serving; readonly tour: DemoTour | null }> {
  const load = await openServedLog(config, { ...opened, log: opened.observing.log });
  const { runtime, ports } = opened;
  // The ids it names follow from the plan, so it can be shown before the demo is loaded.
  const tour = config.role === 'projector' ? null : demoTour(config, runtime.logId, { now: await runtime.store.now(), locale: ports.locale });
  const serving = await servedParts(config, opened, { load, tour });
  if (load !== null) {
    ports.print(LIVE[ports.locale](serving.url));
    await load.run(ports, ports.signal);
  } else await viewsShown(runtime);
  return { serving, tour };
}

/** Views that are there in a moment are waited for, so that what the screen names answers; those that are long in the making say so in `/health/ready`. */
async function viewsShown({ readModels, store }: Runtime): Promise<void> {
  const shown = store.head().then(({ position }) => reach(readModels, position));
  // A view that has stopped is told by `/health/ready` too.
  await Promise.race([shown.catch(() => undefined), delay(VIEWS_WAITED_MS, undefined, { ref: false })]);
}

const VIEWS_WAITED_MS = 3_000;

const LIVE = {
  en: (url: string) => `Assay is live at ${url} and loads its demo company, once; that takes up to a minute.\n`,
  zh: (url: string) => `Assay 已在 ${url} 启动，正在载入演示公司（仅首次，不超过一分钟）。\n`,
};

interface First {
  readonly load: DemoLoad | null;
  readonly tour: DemoTour | null;
}

async function servedParts(config: Config, { runtime, observing }: Opened, { load, tour }: First): Promise<Serving> {
  await observing.follow(runtime);
  const { log, edge: metrics } = observing;
  if (config.role === 'projector') return serveHealth({ config, log, metrics, checks: readinessChecks(runtime, null) });
  const verifier = await verifierOf(config);
  const ports: FeaturePorts = {
    executor: runtime.executor,
    readModels: runtime.readModels,
    log: runtime.store,
    company: () => runtime.company(),
    serving: { mode: config.mode === 'demo' ? 'DEMO' : 'PRODUCTION', protection: runtime.log.protection },
  };
  return serve({
    config,
    ...(tour === null ? {} : { graphiqlQuery: tour.document }),
    log,
    metrics,
    verifier,
    principals: load === null ? runtime.principals : load.guarded(runtime.principals),
    executor: observing.service.counted(runtime.executor),
    aggregates: Object.keys(commandCatalogue),
    views: featureViews(ports),
    nodes: featureNodes(ports),
    checks: [...(load === null ? [] : [load.check]), ...readinessChecks(runtime, verifier)],
    providers: [{ provide: FEATURE_PORTS, useValue: ports }, ...READING_PROVIDERS],
  });
}

async function verifierOf({ oidc, log }: Config): Promise<TokenVerifier> {
  return oidc === null ? (await demoKey(log.dataFolder)).verifier : new OidcVerifier(oidc);
}
