import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Recorded } from '@assay/domain';
import { LEASE_IS_FREE, withClient, type Connection } from '@assay/event-log';
import { allViews } from '@assay/read-models';
import { Balancer } from '../support/balancer.js';
import { testDatabase } from '../support/database.js';
import { founding } from '../support/founding.js';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { dumped, foldedFresh } from '../support/fresh-fold.js';
import { urlOf } from '../support/graphql-app.js';
import { expectApplied, expectOnce, expectWhole } from '../support/kill-audit.js';
import { openProduction, type Production, type ProductionServer } from '../support/production.js';
import { reach } from '../support/reach.js';
import { Clients } from './clients.js';
import { condition, Fleet, health, leads } from './fleet.js';
import { founded, reached } from './reached-log.js';

const WRITERS = 4;
/** A busy machine takes its time to start a process; how long a take-over takes is looked at apart. */
const STEP_MS_MAX = 400_000;
/** What is left at most of a dead leader's lease, by the database's clock: with it the others go on within 10 s, where they are let run. */
const LEASE_MS_MAX = 6_000;
const TAKEN_OVER_MS_MAX = 30_000;
/** So long a server waits for what it was asked before it says to ask again. */
const PATIENCE_MS = 2_000;
const IMPATIENT: readonly string[] = ['NOT_YET_VISIBLE', 'UNAVAILABLE'];
/** Answers of the clients between two blows: everybody has met the last one. */
const BETWEEN = 3 * WRITERS;
const IDLE_READS = 100;

/** Where the log of a fleet is: what its processes are told of it, and the database of its views. */
interface Reach {
  readonly environment: Readonly<Record<string, string>>;
  readonly views: Connection;
  close(): Promise<void>;
}
const onPostgres = async (): Promise<Reach> => {
  const { app, owner, close } = await testDatabase();
  return { environment: { DATABASE_URL: urlOf(app), DATABASE_OWNER_URL: urlOf(owner) }, views: app, close };
};
const onEventStore = async (): Promise<Reach> => {
  const [postgres, double] = [await onPostgres(), await EventStoreDouble.start()];
  const close = async (): Promise<void> => {
    await double.close();
    await postgres.close();
  };
  return { ...postgres, environment: { ...postgres.environment, EVENTSTORE_URL: double.url }, close };
};
const ENGINES: readonly (readonly [string, () => Promise<Reach>])[] = [['PostgreSQL', onPostgres], ['EventStoreDB', onEventStore]];

interface Heard {
  readonly eventRecorded: { readonly kind: string; readonly position: string };
}

/** A subscriber through the balancer, with a client off the shelf that connects again by itself and goes on after what it heard. */
class Subscriber {
  readonly positions = new Set<number>();
  readonly closed: number[] = [];
  failure: unknown = null;
  private readonly client: Client;
  private heard = '0';

  constructor(url: string, token: string) {
    this.client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${token}` }, retryAttempts: 1_000, retryWait: condition });
    this.client.on('closed', (event) => this.closed.push(event instanceof Object && 'code' in event ? Number(event.code) : 0));
    this.subscribe();
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private subscribe(): void {
    const heard = (): string => this.heard;
    let last = '';
    this.client.subscribe<Heard>(
      {
        query: 'subscription ($after: Position) { eventRecorded(after: $after) { kind position } }',
        // Read each time the operation is sent.
        get variables() {
          return { after: heard() };
        },
      },
      {
        next: ({ data }) => {
          if (data == null) return;
          const { kind, position } = data.eventRecorded;
          [last, this.heard] = [kind, position];
          if (kind === 'CHANGE') this.positions.add(Number(position));
        },
        error: (error) => (this.failure = error),
        // Only who fell behind is let go of.
        complete: () => (last === 'RESUME_FROM' ? this.subscribe() : (this.failure ??= new Error(`ended after a message of kind ${last}`))),
      },
    );
  }
}

describe.each(ENGINES)('a fleet on %s', (_engine, open) => {
  let place: Reach;
  let production: Production;
  let balancer: Balancer;
  let fleet: Fleet;
  let clients: Clients;
  let subscriber: Subscriber;
  const figures: string[] = [];
  /** What is open, to be closed in turn also where a part of it did not start. */
  const closing: (() => unknown)[] = [];
  const note = (what: string, ms: number): void => void figures.push(`${what} ${ms.toFixed(0)} ms`);

  beforeAll(async () => {
    place = await open();
    closing.push(() => place.close());
    const story = founding(Date.now());
    production = await openProduction({ reach: place.environment, timeZone: story.opening.timeZone });
    closing.push(() => production.close());
    const world = await founded(production, story);
    balancer = await Balancer.start();
    closing.push(() => balancer.close());
    clients = new Clients(balancer.url, production, world, WRITERS);
    fleet = await Fleet.start(production, { api: 3, projector: 2 }, (apis) => balancer.between(apis));
    closing.push(() => fleet.end(), () => clients.close());
    subscriber = new Subscriber(balancer.url, await clients.token(world.company.officer));
    closing.push(() => subscriber.close());
    clients.start();
  }, STEP_MS_MAX);
  afterAll(async () => {
    process.stdout.write(`${figures.join(', ')}\n`);
    for (const close of closing.reverse()) await close();
  }, STEP_MS_MAX);

  /** Everything that has a leader, and who it is by the name that leases bear; null where nobody who lives has it. */
  const owners = (): Promise<readonly (string | null)[]> =>
    withClient(place.views, async (client) => {
      const { rows } = await client.query<{ owner: string | null }>(`SELECT CASE WHEN ${LEASE_IS_FREE} THEN NULL ELSE owner END AS owner FROM (SELECT owner, lease_until FROM read_model.projection UNION ALL SELECT owner, lease_until FROM process.lead) AS led`);
      return rows.map(({ owner }) => owner);
    });

  /** Where a name stands on leases: for how long by the database's clock, ms. */
  const leasesOf = (name: string | null): Promise<readonly number[]> =>
    withClient(place.views, async (client) => {
      const { rows } = await client.query<{ left: string }>(`SELECT coalesce(1000 * extract(epoch FROM lease_until - clock_timestamp()), 0) AS left FROM (SELECT owner, lease_until FROM read_model.projection UNION ALL SELECT owner, lease_until FROM process.lead) AS led WHERE owner = $1`, [name]);
      return rows.map(({ left }) => Number(left));
    });

  /** From a blow to the leader until another leads all of it, in ms; and what is written after it is seen. */
  async function takenOver(what: string, blow: () => Promise<unknown>): Promise<number> {
    const former = mostOf(await owners());
    const struck = performance.now();
    await blow();
    expect(Math.max(0, ...(await leasesOf(former)))).toBeLessThanOrEqual(LEASE_MS_MAX);
    while ((await owners()).some((owner) => owner === null || owner === former)) await condition();
    const took = performance.now() - struck;
    note(`${what}: taken over after`, took);
    const { position = 0 } = clients.acknowledged.at(-1) ?? {};
    const [{ url } = { url: '' }] = fleet.of('api');
    while ((await clients.read(url, position)).body.data == null) await condition();
    note('all seen after', performance.now() - struck);
    return took;
  }

  it('serves from processes that lead nothing, each part by one of those that may', async () => {
    const leader = await fleet.leader();
    const [api] = fleet.of('api');
    if (api === undefined) throw new Error('the fleet is not whole');
    const { checks } = await health(api);
    expect([checks['role'], checks['projections']?.status, checks['processes']?.status]).toEqual([{ ok: true, status: 'API' }, 'LIVE', 'FOLLOWING']);
    expect((await fetch(`${leader.url}/graphql`, { method: 'POST' })).status).toBe(404);
    expect(await (await fetch(`${leader.url}/metrics`)).text()).toContain('assay_role{role="projector"} 1');
    await clients.more(BETWEEN);
  }, STEP_MS_MAX);

  it('goes on within seconds of a kill -9 of the process that leads', async () => {
    const leader = await fleet.leader();
    const took = await takenOver('killed', () => fleet.kill(leader));
    await clients.more(BETWEEN);
    await fleet.add('projector');
    expect(took).toBeLessThan(TAKEN_OVER_MS_MAX);
  }, STEP_MS_MAX);

  it('goes on within seconds of the freezing of the process that leads, which writes nothing when it thaws', async () => {
    const leader = await fleet.leader();
    fleet.leave(leader);
    const took = await takenOver('frozen', () => Promise.resolve(leader.process.kill('SIGSTOP')));
    await clients.more(BETWEEN);
    leader.process.kill('SIGCONT');
    while ((await leads(leader)).led > 0) await condition();
    await clients.more(BETWEEN);
    fleet.back(leader, 'projector');
    expect(took).toBeLessThan(TAKEN_OVER_MS_MAX);
  }, STEP_MS_MAX);

  it('serves on when a process that serves is killed, and whatever it was doing is asked for again', async () => {
    const [victim] = fleet.of('api');
    if (victim === undefined) throw new Error('nobody serves');
    await fleet.kill(victim);
    await clients.more(BETWEEN);
    await fleet.add('api');
  }, STEP_MS_MAX);

  it('is restarted process by process without one failed request', async () => {
    await clients.more(BETWEEN);
    const [failures, troubles, from] = [balancer.failures.length, clients.troubles.length, clients.acknowledged.length];
    const restart = async (server: ProductionServer, part: 'api' | 'projector'): Promise<void> => {
      expect(await (server === (await fleet.leader()) ? stopped(server) : fleet.stop(server))).toBe(0);
      await fleet.add(part);
      await clients.more(WRITERS);
    };
    const stopped = async (leader: ProductionServer): Promise<number | NodeJS.Signals | null> => {
      const former = mostOf(await owners());
      let ending: ReturnType<Fleet['stop']> = Promise.resolve(null);
      let left: readonly number[] = [];
      await takenOver('stopped', () => {
        ending = fleet.stop(leader).then(async (how) => {
          left = await leasesOf(former);
          return how;
        });
        return Promise.resolve();
      });
      const how = await ending;
      // It gave back what it led: nobody had to find it dead.
      expect(left).toEqual([]);
      return how;
    };
    const began = performance.now();
    const closed = subscriber.closed.length;
    for (const part of ['api', 'projector'] as const) for (const server of fleet.of(part)) await restart(server, part);
    note(`${String(clients.acknowledged.length - from)} commands during a rolling restart of`, performance.now() - began);
    // Two who write to one stream at once may be told so, and whoever waited on a busy machine for as long as a server waits: that is no failure of the fleet.
    const failed = clients.troubles.slice(troubles).filter(({ what, tookMs }) => what !== 'CONCURRENT_CHANGE' && !(IMPATIENT.includes(what) && tookMs >= PATIENCE_MS));
    expect([balancer.failures.slice(failures), failed]).toEqual([[], []]);
    expect([subscriber.failure, new Set(subscriber.closed.slice(closed))]).toEqual([null, new Set([1001])]);
  }, STEP_MS_MAX);

  it('has lost nothing that was acknowledged, done nothing twice, and left no view astray', async () => {
    await clients.pause();
    const log = await reached(production, 'api');
    try {
      const events = await settled(log.store, () => log.processes.waiting());
      await reach(log.readModels, allViews, events.at(-1)?.position ?? -1);
      expectWhole(events);
      expectOnce(events, clients.acknowledged);
      expectApplied(events);
      const system = events.filter(({ meta }) => meta.actor === 'SYSTEM');
      expect(new Set(system.map(({ meta }) => meta.commandId)).size).toBeGreaterThan(0);
      for (const view of allViews) expect({ name: view.name, ...(await dumped(view, place.views)) }).toEqual({ name: view.name, ...(await foldedFresh(view, events)) });
      const visible = clients.acknowledged.filter(({ key }) => key.endsWith('lead')).map(({ position }) => position);
      while (!visible.every((position) => subscriber.positions.has(position))) await condition();
      expect(subscriber.failure).toBeNull();
      figures.push(`${String(clients.acknowledged.length)} commands, ${String(clients.reads)} reads, ${String(clients.troubles.length)} asked again (${[...new Set(clients.troubles.map(({ what }) => what))].join(' ')}), ${String(events.length)} events`);
    } finally {
      await log.close();
    }
  }, STEP_MS_MAX);

  it('shows at one process what was written at another, soon', async () => {
    const [writer, reader] = fleet.of('api');
    if (writer === undefined || reader === undefined) throw new Error('the fleet is not whole');
    const waits: number[] = [];
    for (let n = 0; n < IDLE_READS; n += 1) {
      const position = await clients.define(writer.url, n);
      const asked = performance.now();
      await clients.shown(reader.url, position);
      waits.push(performance.now() - asked);
    }
    waits.sort((a, b) => a - b);
    note('seen elsewhere: median', waits[IDLE_READS / 2] ?? NaN);
    note('p99', waits[IDLE_READS - 2] ?? NaN);
  }, STEP_MS_MAX);
});

/** The name that comes most often. */
function mostOf(names: readonly (string | null)[]): string | null {
  const count = (name: string | null): number => names.filter((one) => one === name).length;
  return names.toSorted((a, b) => count(b) - count(a))[0] ?? null;
}

/** The log once nothing follows any more from what is in it. */
async function settled(store: { head(): Promise<{ readonly position: number }>; readAll(of: { readonly afterPosition: number }): Promise<readonly Recorded[]> }, waiting: () => Promise<{ readonly position: number }>): Promise<readonly Recorded[]> {
  for (;;) {
    const { position } = await store.head();
    while ((await waiting()).position < position) await condition();
    if ((await store.head()).position === position) return store.readAll({ afterPosition: -1 });
  }
}
