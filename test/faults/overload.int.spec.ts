import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { connectDbClient, isLogError, NO_STREAM, openEventStoreLog, openPostgresLog, type ServedLog } from '@assay/event-log';
import pg from 'pg';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase } from '../support/database.js';

const OFFERED = 24_000;
const WAVE = 400;
const BODY_BYTES = 8 * 1024;
const LIMITS = { groupEventsMax: 100, queueEventsMax: 2_000, queueBytesMax: 8 * 1024 * 1024 };
/** What is offered is 190 MB; what may wait is 8, and stands here encoded and as it came. The rest is what Node keeps for itself. */
const GROWTH_MB_MAX = 64;

/** Longer than the machine takes to offer it all: what waits then is refused by the queue's bound, not by a deadline. */
const PATIENCE_MS = 110_000;

/** A log whose engine stops answering and goes on again. */
interface Stalling {
  readonly log: ServedLog;
  stall(): Promise<void>;
  goOn(): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL stalls where somebody locks the log's table. */
async function onPostgres(): Promise<Stalling> {
  const database = await testDatabase();
  const log = await openPostgresLog({ ...database, limits: LIMITS });
  const locking = new pg.Client(database.owner);
  await locking.connect();
  return {
    log,
    stall: async () => void (await locking.query('BEGIN; LOCK TABLE assay.event IN ACCESS EXCLUSIVE MODE')),
    goOn: async () => void (await locking.query('ROLLBACK')),
    close: async () => {
      await locking.end();
      await log.close();
      await database.close();
    },
  };
}

/** An event store stalls where its process is frozen. */
async function onEventStore(): Promise<Stalling> {
  const [database, double] = [await testDatabase(), await EventStoreDouble.start()];
  const log = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database, limits: LIMITS, timeouts: { silenceMs: PATIENCE_MS } });
  return {
    log,
    stall: () => Promise.resolve(double.freeze()),
    goOn: () => Promise.resolve(double.thaw()),
    close: async () => {
      await log.close();
      await double.close();
      await database.close();
    },
  };
}

setFlagsFromString('--expose-gc');
// The collector, which a script may call once the flag is set.
const collect = runInNewContext('gc') as () => void;
function heldMb(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

/** Done, refused for good or for now, or in doubt. */
const ANSWERS: readonly (string | null)[] = ['DONE', 'Overloaded', 'Unavailable', 'OutcomeUnknown'];

interface Offer {
  readonly stream: string;
  readonly id: string;
  said: string | null;
}

describe.each([['PostgreSQL', onPostgres], ['EventStoreDB', onEventStore]] as const)('a log on %s that is asked for more than it can take', (_engine, open) => {
  it('refuses what is too much with an error that says so, holds no more than its queue, and loses nothing that it acknowledged', async () => {
    const { log, stall, goOn, close } = await open();
    await log.append('warm', [eventOf(randomUUID())], NO_STREAM);
    await stall();
    const before = heldMb();
    const offers: Offer[] = [];
    const settled: Promise<void>[] = [];
    let [most, waiting] = [0, 0];
    for (let wave = 0; wave < OFFERED / WAVE; wave += 1) {
      for (let n = 0; n < WAVE; n += 1) {
        const offer: Offer = { stream: `s-${String(offers.length)}`, id: randomUUID(), said: null };
        offers.push(offer);
        settled.push(log.append(offer.stream, [eventOf(offer.id)], NO_STREAM, { deadlineMs: PATIENCE_MS }).then(() => 'DONE', (error: unknown) => wordOf(error)).then((said) => void (offer.said = said)));
      }
      await nextTurn();
      if (wave % 10 === 9) most = Math.max(most, heldMb());
      waiting = Math.max(waiting, log.waitingEvents);
    }
    expect(waiting).toBeLessThanOrEqual(LIMITS.queueEventsMax);
    expect(waiting).toBeGreaterThan(LIMITS.queueBytesMax / BODY_BYTES / 2);
    expect(most - before).toBeLessThan(GROWTH_MB_MAX);
    await goOn();
    await Promise.all(settled);

    const of = (said: string): readonly Offer[] => offers.filter((offer) => offer.said === said);
    expect(of('Overloaded').length).toBeGreaterThan(OFFERED - LIMITS.queueEventsMax - 2 * LIMITS.groupEventsMax);
    // Where an engine said nothing for seconds, some were not sent before their deadline, and some may be in doubt.
    const late = of('Unavailable');
    expect(offers.filter(({ said }) => !ANSWERS.includes(said))).toEqual([]);
    expect(of('DONE').length).toBeGreaterThan(0);
    const stored = new Map((await log.readAll({})).map(({ id, stream }) => [id, stream]));
    expect(of('DONE').filter(({ id, stream }) => stored.get(id) !== stream)).toEqual([]);
    expect([...of('Overloaded'), ...late].filter(({ id }) => stored.has(id))).toEqual([]);
    // Told to ask again, a client does, with the same ids.
    for (const { stream, id } of [...of('Overloaded').slice(0, 5), ...of('DONE').slice(0, 5)]) expect(await log.append(stream, [eventOf(id)], NO_STREAM)).toMatchObject({ revision: 0 });
    await close();
  }, 240_000);
});

const wordOf = (error: unknown): string => (isLogError(error) && error.retryable ? error.code : `no word for it: ${String(error)}`);
/** The same bytes for the same id: what is asked again is the same append. */
const eventOf = (id: string) => ({ id, type: 'Tested', schemaVersion: 1, data: { of: id, text: id.charAt(0).repeat(BODY_BYTES) }, meta: { actor: 'ann' } });
