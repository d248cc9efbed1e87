// npm run bench -- log: appending, against Emmett's PostgreSQL store and against three bare calls. docs/benchmarks.md says
// what the figures mean.
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { printLoad, printMachine, quietMachine, versionOf } from './machine.mjs';
import { demandDurable, withServer } from './server.mjs';
import { median, print, printBar, printSpread } from './statistics.mjs';
import { openAssay, openBare, openEmmett, OURS } from './stores.mjs';

const POOLS = [16, 32, 64];
const DATA_BYTES = 300;
const WARM_UP_EVENTS = 30;
/** Short turns: whatever else the machine does then falls on both alike. */
const TURN_APPENDS = 25;
const MINUTES_MAX = 40;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, writers: { type: 'string', default: '64' }, events: { type: 'string', default: '300' }, lone: { type: 'string', default: '500' }, quiet: { type: 'string', default: '100' } },
});
const [runs, writers, eventsEach, loneAppends, busyPercentMax] = [values.runs, values.writers, values.events, values.lone, values.quiet].map(countOf);

printMachine();
if (busyPercentMax < 100) print(`Each run waits until the processors were at most ${busyPercentMax} % busy for two seconds`);
await withServer(MINUTES_MAX, async (server) => {
  const lone = await server.database('lone');
  print(`Server (${server.kind}): ${await demandDurable(lone)}`);
  print(`Emmett ${versionOf('@event-driven-io/emmett')}, emmett-postgresql ${versionOf('@event-driven-io/emmett-postgresql')}, pg ${versionOf('pg')}`);
  await concurrentWriters(server);
  await loneWriter(lone);
  printLoad('after');
});
process.exit(0);

async function concurrentWriters(server) {
  print(`\n${writers} writers, ${eventsEach} appends each of 1 event with ${DATA_BYTES} bytes of data, own streams, expected revisions checked; ${runs} runs`);
  const ours = await server.database('assay');
  const openers = [() => openAssay(ours)];
  for (const size of POOLS) {
    const theirs = await server.database(`emmett-${size}`);
    openers.push(() => openEmmett(theirs, size));
  }
  const results = new Map();
  for (let run = 0; run < runs; run += 1) {
    for (const open of rotated(openers, run)) {
      const { name, result } = await runOf(open, `run${run}`);
      results.set(name, [...(results.get(name) ?? []), result]);
    }
  }
  const rates = [...results].map(([name, all]) => [name, all.map(({ rate }) => rate)]);
  printSpread('appends per second', rates, 0);
  printSpread('CPU of this process, microseconds each', [...results].map(([name, all]) => [name, all.map(({ cpu }) => cpu)]), 0);
  const own = rates.find(([name]) => name === OURS)[1];
  const peers = rates.filter(([name]) => name !== OURS);
  const [bestName, best] = peers.reduce((a, b) => (median(b[1]) > median(a[1]) ? b : a));
  printBar({ what: `Assay to ${bestName}`, numerators: own, denominators: best, bar: 'at least 10', holds: (ratio) => ratio >= 10, digits: 2 });
}

/** Its connections are up before the clock starts, and gone afterwards: the next store has the server for itself. */
async function runOf(open, label) {
  const store = await open();
  await burst(store, `${label}warm`, WARM_UP_EVENTS);
  await quiet();
  const result = await burst(store, label, eventsEach);
  await store.close();
  return { name: store.name, result };
}

async function quiet() {
  if (busyPercentMax < 100) await quietMachine(busyPercentMax);
}

/** All writers at once, each awaiting its acknowledgement before its next append; then everything is read back. */
async function burst(store, label, events) {
  const plans = Array.from({ length: writers }, (_, writer) => planOf(`bench-${label}writer${writer}`, events));
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(plans.map((plan) => appendAll(store, plan)));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const plan of plans) await demandReadBack(store, plan);
  const appends = writers * events;
  return { rate: appends / seconds, cpu: (user + system) / appends };
}

async function appendAll(store, { stream, events }) {
  for (const [index, event] of events.entries()) await appendOne(store, stream, { event, known: index - 1 });
}

async function appendOne(store, stream, { event, known }) {
  const revision = await store.append(stream, event, known);
  if (revision !== known + 1) throw new Error(`${store.name} acknowledged revision ${revision} of ${stream} in place of ${known + 1}`);
}

async function demandReadBack(store, { stream, events }) {
  const read = await store.read(stream);
  const sent = events.map(({ data }) => data);
  if (!isDeepStrictEqual(read, sent)) throw new Error(`${store.name} acknowledged ${sent.length} events of ${stream}, and ${read.length} others came back`);
}

async function loneWriter(database) {
  print(`\nOne writer, ${loneAppends} appends of 1 event with ${DATA_BYTES} bytes of data, in turns of ${TURN_APPENDS}; ${runs} runs`);
  const assay = await openAssay(database);
  const bare = await openBare(database);
  const stores = [assay, bare];
  for (const store of stores) await alternate([store], 'warm', WARM_UP_EVENTS * 10);
  const latencies = new Map(stores.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    await quiet();
    const samples = await alternate(rotated(stores, run), `run${run}`, loneAppends);
    for (const { name } of stores) latencies.get(name).push(median(samples.get(name)));
  }
  for (const store of stores) await store.close();
  printSpread('milliseconds an append (run medians)', [...latencies], 3);
  printBar({ what: 'Assay to the three calls', numerators: latencies.get(assay.name), denominators: latencies.get(bare.name), bar: 'at most 1.3', holds: (ratio) => ratio <= 1.3, digits: 2 });
}

/** Each store's latencies in milliseconds, the stores taking turns until each has made its appends. */
async function alternate(stores, label, appends) {
  const plans = stores.map((store) => ({ store, plan: planOf(`bench-${label}lone`, appends), samples: [] }));
  for (let from = 0; from < appends; from += TURN_APPENDS) {
    for (const { store, plan, samples } of plans) {
      const turn = plan.events.slice(from, from + TURN_APPENDS);
      for (const [offset, event] of turn.entries()) {
        const begun = performance.now();
        await appendOne(store, plan.stream, { event, known: from + offset - 1 });
        samples.push(performance.now() - begun);
      }
    }
  }
  for (const { store, plan } of plans) await demandReadBack(store, plan);
  return new Map(plans.map(({ store, samples }) => [store.name, samples]));
}

/** A stream and its events, made before the clock starts. */
function planOf(stream, count) {
  return { stream, events: Array.from({ length: count }, (_, index) => ({ id: randomUUID(), data: dataOf(index), meta: { actor: 'bench', commandId: randomUUID() } })) };
}

/** Keys in canonical order, so that every store is given the same bytes. */
function dataOf(index) {
  const data = { day: '2026-03-14', note: '', quantity: '1250.00', source: 'crm', sourceRef: String(index).padStart(12, '0') };
  return { ...data, note: 'n'.repeat(DATA_BYTES - JSON.stringify(data).length) };
}

/** Each run begins with another store, so that none always follows the same one. */
function rotated(stores, run) {
  const by = run % stores.length;
  return [...stores.slice(by), ...stores.slice(0, by)];
}

function countOf(text) {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`"${text}" is no count from 1`);
  return count;
}
