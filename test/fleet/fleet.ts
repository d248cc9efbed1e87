import { setTimeout as delay } from 'node:timers/promises';
import type { Production, ProductionServer } from '../support/production.js';

/** What a process of the fleet is there for. */
export type Part = 'api' | 'projector';

/** Generous limits, as behind a proxy all clients have one address. */
const SETTINGS = { LOG_LEVEL: 'error', RATE_PER_PRINCIPAL: '100000', RATE_PER_ADDRESS: '100000', OTEL_EXPORTER_OTLP_ENDPOINT: '' };
/** Who serves takes leave as behind a proxy that does not probe; nobody asks the others. */
const FAREWELL = { api: { SHUTDOWN_DELAY_MS: '2000' }, projector: {} } as const;

/** The processes that serve one log together. */
export class Fleet {
  private readonly running = new Map<ProductionServer, Part>();
  private readonly away = new Set<ProductionServer>();

  private constructor(
    private readonly production: Production,
    private readonly onChange: (apis: readonly string[]) => void,
  ) {}

  /** Starts the processes of each kind at once, or none where one fails to; `onChange` is told where GraphQL is served whenever that changes. */
  static async start(production: Production, counts: Readonly<Record<Part, number>>, onChange: (apis: readonly string[]) => void): Promise<Fleet> {
    const fleet = new Fleet(production, onChange);
    const parts = (['projector', 'api'] as const).flatMap((part) => Array.from({ length: counts[part] }, () => part));
    const started = await Promise.allSettled(parts.map((part) => fleet.add(part)));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed === undefined) return fleet;
    // Nobody else knows of the others.
    await fleet.end();
    throw failed.reason;
  }

  of(part: Part): readonly ProductionServer[] {
    return [...this.running].filter(([, is]) => is === part).map(([server]) => server);
  }

  /** One more process; resolves once it is ready. */
  async add(part: Part): Promise<ProductionServer> {
    const server = await this.production.start({ ...SETTINGS, ...FAREWELL[part], ASSAY_ROLE: part });
    this.away.add(server);
    while ((await health(server)).status !== 'ready') await condition();
    this.back(server, part);
    this.told();
    return server;
  }

  /** kill -9, as nobody can prepare for it: whoever balances meets it by itself. */
  async kill(server: ProductionServer): Promise<void> {
    this.running.delete(server);
    server.process.kill('SIGKILL');
    await server.ended;
  }

  /** Counts a process out while it is frozen, and in again. */
  leave(server: ProductionServer): void {
    this.running.delete(server);
    this.away.add(server);
  }

  back(server: ProductionServer, part: Part): void {
    this.away.delete(server);
    this.running.set(server, part);
  }

  /** SIGTERM; resolves with how it ended. */
  async stop(server: ProductionServer): Promise<number | NodeJS.Signals | null> {
    server.process.kill('SIGTERM');
    const how = await server.ended;
    this.running.delete(server);
    this.told();
    return how;
  }

  /** The projector that leads most just now: those that started together may have shared what there is to lead. */
  async leader(): Promise<ProductionServer> {
    for (;;) {
      const found = await Promise.all(this.of('projector').map(async (server) => ({ server, ...(await leads(server)) })));
      const [first] = found.toSorted((a, b) => b.led - a.led);
      if (first !== undefined && found.reduce((sum, { led }) => sum + led, 0) === first.all) return first.server;
      await condition();
    }
  }

  /** Leaves no process behind. */
  async end(): Promise<void> {
    for (const server of [...this.running.keys(), ...this.away]) {
      // A frozen one hears nothing else.
      server.process.kill('SIGKILL');
      await server.ended;
    }
  }

  private told(): void {
    this.onChange(this.of('api').map(({ url }) => url));
  }
}

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string; readonly remedy?: string }>>;
}

/** What a process says of itself. */
export async function health(server: Pick<ProductionServer, 'url'>): Promise<Health> {
  const answer = await fetch(`${server.url}/health/ready`, { headers: { connection: 'close' } });
  // The shape that the guide of operations promises.
  return (await answer.json()) as Health;
}

/** How many of all projections a process leads. */
export async function leads(server: ProductionServer): Promise<{ readonly led: number; readonly all: number }> {
  const [, led = '0', all = 'none'] = /leads (\d+) of (\d+)/.exec((await health(server)).checks['role']?.detail ?? '') ?? [];
  return { led: Number(led), all: Number(all) };
}

/** Between two looks at something that is asked over a wire. */
export const condition = (): Promise<void> => delay(20);
