// npm run bench -- scaling: what an event and an appraisal cost at ten thousand, a hundred thousand and a million events.
// A replayed CRM export is written again and again under other ids into one log: more people, targets, facts and appraisals
// of the same company. docs/scaling.md says what the figures mean. Read models are built for some minutes (`--minutes`) at most.
// All of it takes twenty minutes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { eventCatalogue, uuidV5 } from '../dist/libs/domain/src/index.js';
import { EventCodec, EventStore, NO_STREAM, openEmbedded, openLocalKeyStore, openPostgresLog } from '../dist/libs/event-log/src/index.js';
import { allViews, appraisalView } from '../dist/libs/read-models/src/index.js';
import { dropViews, openCrmLog, openViews, reach, replayExport } from './crm-log.mjs';
import { temporaryFolder } from './folder.mjs';
import { printLoad, printMachine } from './machine.mjs';
import { demandDurable } from './server.mjs';
import { countOf, median, print, quantile, withThousands } from './statistics.mjs';

/** What each copy has of its own; the rest, company and metrics, cycles and schemes, is there once. */
const OWN = new Set(['person', 'target', 'goal', 'facts', 'appraisal', 'composite', 'import']);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const UNDER_WAY_MAX = 256;
const WRITERS = 64;
const ASKED = 60;

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { sizes: text('10000,100000,1000000'), agents: text('20'), deals: text('4500'), each: text('100'), minutes: text('4') } });
const sizes = values.sizes.split(',').map((one) => countOf(one));
const [agents, deals, eventsEach, minutes] = [values.agents, values.deals, values.each, values.minutes].map((one) => countOf(one));

printMachine();
const dataDir = temporaryFolder();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
await replayExport(dataDir, { agents, deals });
const { appends, commonIds } = await template();
const grown = await openGrown();
print(`Server (embedded): ${await demandDurable(grown.embedded)}`);
print(`A copy has ${withThousands(String(appends.reduce((sum, { events, isOwn }) => sum + (isOwn ? events.length : 0), 0)))} events`);
let copies = 0;
for (const size of sizes) await measure(size);
printLoad('after');
await grown.close();
process.exit(0);

async function measure(size) {
  const begun = performance.now();
  const before = grown.events;
  while (grown.events < size) await writeCopy();
  const written = performance.now() - begun;
  const head = (await grown.log.head()).position;
  print(`\n${withThousands(String(grown.events))} events, ${copies} copies, written at ${rate(grown.events - before, written)} events a second, encrypted where they are about a person`);
  await dropViews(grown);
  const { readModels, close } = openViews(grown, allViews);
  const appraisals = await keysOf(appraisalView.name);
  // Folded from the log alone, and before anything else is done in this process.
  await printLatency('an appraisal as of a moment', (n) => readModels.moment(appraisalView, { upTo: Math.floor((head * (n + 1)) / ASKED) }).doc(appraisals[Math.floor((n * appraisals.length) / ASKED)]));
  const building = performance.now();
  await readModels.start();
  const isWhole = await Promise.race([reach(readModels, allViews, head).then(() => true), delay(minutes * 60_000, false, { ref: false })]);
  const built = performance.now() - building;
  const reached = Math.min(...(await readModels.metrics()).map(({ position }) => position)) + 1;
  const shown = (await readModels.all(appraisalView, { visibility: 'ALL' })).map(({ key }) => key);
  print(`  ${isWhole ? 'all read models built' : `after ${minutes} minutes the slowest of the read models has ${withThousands(String(reached))} events, building`} in ${(built / 1000).toFixed(1)} s: ${rate(reached, built)} events a second, ${(built / shown.length).toFixed(0)} ms an appraisal (${withThousands(String(shown.length))} of ${withThousands(String(appraisals.length))})`);
  await printSizes(isWhole ? shown.length : null);
  if (isWhole) await printLatency('an appraisal as it is', (n) => readModels.byKeys(appraisalView, [shown[Math.floor((n * shown.length) / ASKED)]], 'ALL'));
  await close();
  await printAppends();
}

/** How long a document takes to be read, one after another, all over the log. */
async function printLatency(what, ask) {
  const times = [];
  for (let n = 0; n < ASKED; n += 1) times.push(await millisecondsOf(() => ask(n)));
  print(`  ${what}: median ${median(times).toFixed(2)} ms, p95 ${quantile(times, 0.95).toFixed(2)} ms`);
}

/** `appraisals`: how many are there, null where the read models are not whole. */
async function printSizes(appraisals) {
  const { rows } = await grown.bare.query(
    `SELECT n.nspname AS schema, c.relname AS name, pg_total_relation_size(c.oid) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('assay', 'read_model')`,
  );
  const sum = (holds) => rows.filter(holds).reduce((total, { bytes }) => total + Number(bytes), 0);
  const [log, views] = [sum(({ schema }) => schema === 'assay'), sum(({ schema }) => schema === 'read_model')];
  const ofAppraisals = sum(({ schema, name }) => schema === 'read_model' && name.startsWith('appraisal'));
  print(`  log ${mib(log)}, ${Math.round(log / grown.events)} bytes an event${appraisals === null ? '' : `; read models ${mib(views)}, ${Math.round(views / grown.events)} bytes an event, of it ${(ofAppraisals / appraisals / 1024).toFixed(1)} KiB an appraisal for appraisals`}`);
}

/** The streams of a category. */
async function keysOf(category) {
  const { rows } = await grown.bare.query('SELECT stream FROM assay.event WHERE stream LIKE $1 AND revision = 0 ORDER BY position', [`${category}-%`]);
  return rows.map(({ stream }) => stream);
}

/** Writers that wait for each other's group, as the application's commands do, on a log of this size: facts, each in a stream of its own. */
async function printAppends() {
  const fact = appends.find(({ stream, expected }) => stream.startsWith('facts-') && expected === NO_STREAM);
  const own = new Set(fact.stream.match(UUID));
  const plans = [];
  for (let n = 0; n < WRITERS * eventsEach; n += 1) {
    const { stream, events } = copied(fact, `${copies} ${n}`, (id) => own.has(id));
    plans.push({ stream, encoded: await grown.codec.encode(stream, events, 0) });
  }
  const begun = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, async () => {
    for (let plan = plans.pop(); plan !== undefined; plan = plans.pop()) await grown.log.append(plan.stream, plan.encoded, NO_STREAM);
  }));
  print(`  ${WRITERS} writers, one fact an append: ${rate(WRITERS * eventsEach, performance.now() - begun)} appends a second`);
  grown.events += WRITERS * eventsEach;
}

/** One more copy, in the order of the replay: streams that are there once are written with the first. */
async function writeCopy() {
  const copy = copies;
  const underWay = new Set();
  for (const append of appends) {
    if (!append.isOwn && copy > 0) continue;
    const { stream, events, expected } = copied(append, copy);
    const encoded = await grown.codec.encode(stream, events, expected === NO_STREAM ? 0 : expected + 1);
    // What is given to the log in order stands there in order.
    const done = grown.log.append(stream, encoded, expected).finally(() => underWay.delete(done));
    underWay.add(done);
    grown.events += events.length;
    if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  copies += 1;
}

/** An append under other ids: those of the copy, but for what every copy shares. */
function copied({ stream, events, expected }, copy, isCopied = (id) => !commonIds.has(id)) {
  if (copy === 0) return { stream, events, expected };
  const renamed = (value) => value.replaceAll(UUID, (id) => (isCopied(id) ? uuidV5(id, `copy ${copy}`) : id));
  const again = (value) => JSON.parse(renamed(JSON.stringify(value)));
  return { stream: renamed(stream), expected, events: events.map(({ id, type, data, meta }) => ({ id: uuidV5(id, `copy ${copy}`), type, data: again(data), meta: again(meta) })) };
}

/** The appends of the replayed log, decoded, and the ids that every copy shares. */
async function template() {
  const crm = await openCrmLog(dataDir);
  const found = [];
  const [common, own] = [new Set(), new Set()];
  for (let after = -1; ; ) {
    const page = await crm.store.readAll({ afterPosition: after, max: 1000 });
    for (const event of page) take(event);
    if (page.length === 0) break;
    after = page.at(-1).position;
  }
  await crm.close();
  return { appends: found, commonIds: new Set([...common].filter((id) => !own.has(id))) };

  function take({ stream, revision, id, type, data, meta }) {
    const isOwn = OWN.has(stream.split('-', 1)[0]);
    for (const one of (isOwn ? stream : `${stream} ${JSON.stringify(data)}`).match(UUID) ?? []) (isOwn ? own : common).add(one);
    const last = found.at(-1);
    if (last?.stream === stream && last.commandId === meta.commandId) last.events.push({ id, type, data, meta });
    else found.push({ stream, isOwn, commandId: meta.commandId, expected: revision === 0 ? NO_STREAM : revision - 1, events: [{ id, type, data, meta }] });
  }
}

/** The log that grows, opened as the application opens one, on this machine's clock. */
async function openGrown() {
  const embedded = await openEmbedded({ dataDir, log: 'grown' });
  const log = await openPostgresLog({ app: embedded.app, owner: embedded.owner });
  const keys = await openLocalKeyStore({ folder: join(dataDir, 'keys'), logId: log.id, create: true });
  const bare = new pg.Client(embedded.owner);
  await bare.connect();
  const codec = new EventCodec({ definitions: eventCatalogue, keys });
  return {
    ...{ embedded, log, bare, codec, store: new EventStore(log, codec), events: 0 },
    close: async () => {
      await bare.end();
      await log.close();
      await embedded.close();
    },
  };
}

async function millisecondsOf(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function rate(count, ms) {
  return withThousands((count / (ms / 1000)).toFixed(0));
}

function mib(bytes) {
  return `${withThousands((bytes / 2 ** 20).toFixed(1))} MiB`;
}
