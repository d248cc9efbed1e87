// npm run bench -- engine: the adapter on EventStoreDB against bare use of its client, on the server that EVENTSTORE_URL
// names; without one it says so and measures nothing. docs/benchmarks.md says what the figures mean.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { binaryEvent, EventStoreDBClient, NO_STREAM as BARE_NO_STREAM, streamNameFilter } from '@eventstore/db-client';
import { connectDbClient, NO_STREAM, openEventStoreLog, START } from '../dist/libs/event-log/src/index.js';
import { printLoad, printMachine } from './machine.mjs';
import { demandDurable, withServer } from './server.mjs';
import { countOf, median, print, printBar, printSpread } from './statistics.mjs';

const DATA_BYTES = 300;
const WARM_UP_EVENTS = 20;
/** Of one append while the log that is followed is filled. */
const APPEND_EVENTS = 200;
const MINUTES_MAX = 20;
const TYPE = 'FactRecorded';
const OURS = 'Assay';
const BARE = 'the client by itself';
const TOLD = 'the client, told of everything';
const BAR = { bar: 'at least 0.8', holds: (ratio) => ratio >= 0.8, digits: 2 };

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, writers: { type: 'string', default: '64' }, events: { type: 'string', default: '100' }, follow: { type: 'string', default: '20000' } },
});
const [runs, writers, eventsEach, followed] = [values.runs, values.writers, values.events, values.follow].map((text) => countOf(text));
const url = process.env.EVENTSTORE_URL ?? '';

printMachine();
if (url === '') {
  print('EVENTSTORE_URL names no server, so the adapter on EventStoreDB is not measured.');
  process.exit(0);
}
await withServer(MINUTES_MAX, async (server) => {
  const [database, followedIn] = [await server.database('engine'), await server.database('followed')];
  print(`Order index (${server.kind}): ${await demandDurable(database)}`);
  const client = EventStoreDBClient.connectionString(url);
  const namespace = `bench${randomUUID().slice(0, 8)}.`;
  const opened = (of, within) => openEventStoreLog({ connect: () => connectDbClient(url), ...of, namespace: within });
  let log;
  const ours = {
    name: OURS,
    // Open for its own runs alone: its order index would be told of the others' events too.
    open: async () => {
      log = await opened(database, namespace);
      await log.caughtUp();
      return () => log.close();
    },
    append: async (stream, event, known) => (await log.append(stream, [{ ...event, schemaVersion: 1 }], known < 0 ? NO_STREAM : known)).revision,
    read: async (stream) => (await log.readStream(stream)).map(dataOf),
  };
  const by = (name, open) => ({ name, open, append: (stream, event, known) => bareAppend(client, `${name}${namespace}${stream}`, { event, known }), read: (stream) => bareStream(client, `${name}${namespace}${stream}`) });
  const bare = by(BARE, () => () => undefined);
  const told = by(TOLD, () => listening(client));
  try {
    await concurrentWriters([ours, bare, told]);
    const from = await endOf(client);
    await catchUp(await opened(followedIn, `follow${namespace}`), { client, from });
  } finally {
    // It would wait for streams that nobody reads any more; the process ends in a moment.
    void client.dispose();
  }
  printLoad('after');
});
process.exit(0);

async function concurrentWriters(stores) {
  print(`\n${writers} writers, ${eventsEach} appends each of 1 event with ${DATA_BYTES} bytes of data, own streams, expected revisions checked; ${runs} runs`);
  const results = new Map(stores.map(({ name }) => [name, []]));
  const measured = async (store, of) => {
    const close = await store.open();
    const result = await burst(store, of);
    await close();
    return result;
  };
  for (const store of stores) await measured(store, { label: 'warm', events: WARM_UP_EVENTS });
  for (let run = 0; run < runs; run += 1) {
    for (const store of run % 2 === 0 ? stores : stores.toReversed()) results.get(store.name).push(await measured(store, { label: `run${run}`, events: eventsEach }));
  }
  const of = (what) => [...results].map(([name, all]) => [name, all.map((one) => one[what])]);
  printSpread('appends per second', of('rate'), 0);
  printSpread('CPU of this process, microseconds each', of('cpu'), 0);
  const rates = new Map(of('rate'));
  const middle = (name) => median(rates.get(name));
  print(`The client, told of everything, to itself: ${(middle(TOLD) / middle(BARE)).toFixed(2)}; the adapter to it: ${(middle(OURS) / middle(TOLD)).toFixed(2)}`);
  printBar({ what: 'Adapter on EventStoreDB to its bare client, appending', numerators: rates.get(OURS), denominators: rates.get(BARE), ...BAR });
}

/** All writers at once, each awaiting its acknowledgement before its next append; then everything is read back. */
async function burst(store, { label, events }) {
  const plans = Array.from({ length: writers }, (_, writer) => ({ stream: `bench-${label}writer${writer}`, events: Array.from({ length: events }, (_unused, index) => eventOf(index)) }));
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(plans.map((plan) => appendAll(store, plan)));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const { stream, events: sent } of plans) {
    if (!isDeepStrictEqual(await store.read(stream), sent.map(({ data }) => data))) throw new Error(`${store.name} acknowledged events of ${stream}, and others came back`);
  }
  return { rate: (writers * events) / seconds, cpu: (user + system) / (writers * events) };
}

async function appendAll(store, { stream, events }) {
  for (const [index, event] of events.entries()) {
    const revision = await store.append(stream, event, index - 1);
    if (revision !== index) throw new Error(`${store.name} acknowledged revision ${revision} of ${stream} in place of ${index}`);
  }
}

/** From the first event of a log to its last: what a follower reads that begins anew. Both are given the same events. */
async function catchUp(log, { client, from }) {
  for (let at = 0; at < followed; at += APPEND_EVENTS) {
    const events = Array.from({ length: Math.min(APPEND_EVENTS, followed - at) }, (_, index) => ({ ...eventOf(at + index), schemaVersion: 1 }));
    await log.append(`bench-follow${at}`, events, NO_STREAM);
  }
  print(`\nFollowing from the start, ${followed} events; ${runs} runs`);
  const followers = [
    [OURS, () => followOurs(log)],
    [BARE, () => followBare(client, { from, prefix: 'follow' })],
  ];
  const rates = new Map(followers.map(([name]) => [name, []]));
  for (const [, follow] of followers) await follow();
  for (let run = 0; run < runs; run += 1) {
    const seen = [];
    for (const [name, follow] of run % 2 === 0 ? followers : followers.toReversed()) {
      const begun = performance.now();
      seen.push(await follow());
      rates.get(name).push(followed / ((performance.now() - begun) / 1000));
    }
    if (!isDeepStrictEqual(seen[0], seen[1])) throw new Error('the two were not given the same events');
  }
  printSpread('events per second', [...rates], 0);
  printBar({ what: 'Adapter on EventStoreDB to its bare client, catching up', numerators: rates.get(OURS), denominators: rates.get(BARE), ...BAR });
  await log.close();
}

/** Where everything on the server ends now. */
async function endOf(client) {
  for await (const { event } of client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 })) return event.position;
  return 'start';
}

async function followOurs(log) {
  const seen = [];
  for await (const { events } of log.subscribe({ after: START })) {
    for (const event of events) seen.push([event.id, dataOf(event).sourceRef]);
    if (seen.length >= followed) break;
  }
  return seen;
}

async function followBare(client, { from, prefix }) {
  const seen = [];
  const subscription = client.subscribeToAll({ fromPosition: from, filter: streamNameFilter({ prefixes: [prefix] }) });
  for await (const { event } of subscription) {
    if (event === undefined) continue;
    seen.push([event.id, JSON.parse(Buffer.from(event.data).toString('utf8')).sourceRef]);
    if (seen.length >= followed) break;
  }
  await subscription.unsubscribe();
  return seen;
}

/** The client with a subscription to everything, as whoever follows what is appended has one; what it is told, nobody looks at. */
async function listening(client) {
  const subscription = client.subscribeToAll({ fromPosition: 'end' });
  const begun = once(subscription, 'confirmation');
  subscription.on('data', () => undefined);
  await begun;
  return () => subscription.unsubscribe();
}

async function bareAppend(client, stream, { event: { id, data, meta }, known }) {
  const event = binaryEvent({ id, type: TYPE, data: Buffer.from(JSON.stringify(data)), metadata: meta });
  const { nextExpectedRevision } = await client.appendToStream(stream, event, { expectedRevision: known < 0 ? BARE_NO_STREAM : BigInt(known) });
  return Number(nextExpectedRevision);
}

async function bareStream(client, stream) {
  const read = [];
  for await (const { event } of client.readStream(stream)) read.push(JSON.parse(Buffer.from(event.data).toString('utf8')));
  return read;
}

/** Keys in canonical order, so that both are given the same bytes. */
function eventOf(index) {
  const data = { day: '2026-03-14', note: '', quantity: '1250.00', source: 'crm', sourceRef: String(index).padStart(12, '0') };
  return { id: randomUUID(), type: TYPE, data: { ...data, note: 'n'.repeat(DATA_BYTES - JSON.stringify(data).length) }, meta: { actor: 'bench', commandId: randomUUID() } };
}

function dataOf({ body }) {
  return JSON.parse(Buffer.from(body).toString('utf8'));
}
