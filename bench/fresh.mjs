// npm run bench -- fresh: from the answer that a command is committed to an answer of GraphQL that shows it, over real HTTP
// to one api process with all its projections; on an idle log, and while commands move scores at a fixed rate.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printLoad, printMachine } from './machine.mjs';
import { factInput, foundCompany, graphqlClient, processorSeconds, RECORD_FACT, serveFolder } from './served.mjs';
import { countOf, print, quantile, verdict } from './statistics.mjs';

const SHOWN = 'query Shown($id: ID!, $atLeast: Position!) { appraisal(id: $id, atLeast: $atLeast) { position total score { total provisional } } }';
const IDS = 'query Ids($after: String) { appraisals(first: 100, after: $after) { nodes { id subjectId } pageInfo { hasNextPage endCursor } } }';
const IDLE_MS_MAX = 50;
const LOADED_MS_MAX = 250;
/** Commands behind their time by more than this share were not offered at the rate. */
const RATE_SHARE_MIN = 0.98;
const SAMPLES_PER_SECOND = 20;
const WARM_UP_MAX = 100;
const SETTLE_MS = 3000;
const UNDER_WAY_MAX = 160;
const SAMPLES_UNDER_WAY_MAX = 16;

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { people: text('120'), samples: text('300'), rate: text('300'), seconds: text('60'), writers: text('10') } });
// Subjects `teller-<n>`: of each no more commands are under way at once than the edge allows one identity.
const [people, samples, rate, seconds, writers] = [values.people, values.samples, values.rate, values.seconds, values.writers].map((one) => countOf(one));

printMachine();
print(`Founding a company of ${people} people, each with two targets and a running appraisal`);
const company = await foundCompany({ people, writers });
const { dataDir } = company;
let server;
try {
  server = await serveFolder(dataDir);
  const clientOf = (subject) => graphqlClient({ url: server.url, dataDir, subject });
  const [reader, ...tellers] = await Promise.all([clientOf('officer'), ...Array.from({ length: writers }, (_, index) => clientOf(`teller-${index}`))]);
  const world = { company, tellers, reader, ids: await idsOf(reader) };
  for (let n = 0; n < Math.min(samples, WARM_UP_MAX); n += 1) await recordAndSee(world, n);
  await idle(world);
  await loaded(world);
  printLoad('after');
  for (const client of [reader, ...tellers]) client.close();
} finally {
  await server?.stop();
  company.remove();
}
process.exit(0);

/** Ids of the appraisals by the person appraised. */
async function idsOf(reader) {
  const ids = new Map();
  for (let after = null, more = true; more; ) {
    const { nodes, pageInfo } = (await reader.ask(IDS, { after })).appraisals;
    for (const { id, subjectId } of nodes) ids.set(subjectId, id);
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return ids;
}

async function idle(world) {
  const [recorded, seen] = [[], []];
  for (let n = 0; n < samples; n += 1) {
    const { recordMs, seenMs } = await recordAndSee(world, n);
    recorded.push(recordMs);
    seen.push(seenMs);
  }
  print(`\nIdle: ${samples} commands one after another`);
  printQuantiles('command to its answer', recorded);
  printQuantiles('answer to visible', seen);
  const p99 = quantile(seen, 0.99);
  verdict({ what: 'Committed to visible in GraphQL, idle, p99', figure: `${p99.toFixed(0)} ms`, bar: `at most ${IDLE_MS_MAX} ms`, met: p99 <= IDLE_MS_MAX });
}

/** Commands begin when their time has come, whether or not earlier ones were answered; past the bound of those under way they are late. */
async function loaded(world) {
  const total = rate * seconds;
  const sampleEvery = Math.max(1, Math.round(rate / SAMPLES_PER_SECOND));
  const [recorded, seen, failures] = [[], [], []];
  const running = new Set();
  let [looking, passedOver] = [0, 0];
  const before = processorSeconds(server.pid);
  const begun = performance.now();
  for (let n = 0; n < total; n += 1) {
    const wait = begun + (n * 1000) / rate - performance.now();
    if (wait > 1) await delay(wait);
    if (performance.now() - begun > seconds * 1000) break;
    if (running.size >= UNDER_WAY_MAX) await Promise.race(running);
    const work = one(n).finally(() => running.delete(work));
    running.add(work);
  }
  await Promise.race([Promise.all(running), delay(SETTLE_MS)]);
  const perSecond = recorded.length / seconds;
  print(`\nUnder load: ${rate} score-moving commands a second for ${seconds} s, one in ${sampleEvery} looked for`);
  print(`  ${recorded.length} of ${total} answered as accepted within ${SETTLE_MS / 1000} s of the end, ${perSecond.toFixed(0)} a second; ${failures.length} failures${failures.length > 0 ? `, e.g. ${failures[0]}` : ''}; ${passedOver} samples passed over while ${SAMPLES_UNDER_WAY_MAX} were under way`);
  const after = processorSeconds(server.pid);
  const each = (name) => ((1000 * (after[name] - before[name])) / recorded.length).toFixed(2);
  print(`  processor time a command, what looks for it included: ${each('own')} ms of the api, ${each('children')} ms of the database`);
  printQuantiles('command to its answer', recorded);
  printQuantiles('answer to visible', seen);
  const p99 = seen.length === 0 ? Infinity : quantile(seen, 0.99);
  const isOffered = perSecond >= rate * RATE_SHARE_MIN && failures.length === 0 && passedOver === 0;
  const figure = `${p99.toFixed(0)} ms at ${perSecond.toFixed(0)} a second`;
  verdict({ what: `Committed to visible in GraphQL at ${rate} commands a second, p99`, figure, bar: `at most ${LOADED_MS_MAX} ms at ${rate} a second`, met: isOffered && p99 <= LOADED_MS_MAX });

  async function one(n) {
    const isDue = n % sampleEvery === 0;
    const isSample = isDue && looking < SAMPLES_UNDER_WAY_MAX;
    if (isDue && !isSample) passedOver += 1;
    if (isSample) looking += 1;
    try {
      const { recordMs, seenMs } = isSample ? await recordAndSee(world, n) : await record(world, n);
      recorded.push(recordMs);
      if (isSample) seen.push(seenMs);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    } finally {
      if (isSample) looking -= 1;
    }
  }
}

async function record({ company, tellers }, n) {
  const seller = company.sellers[n % company.sellers.length];
  const begun = performance.now();
  const { recordFacts } = await tellers[n % tellers.length].ask(RECORD_FACT, factInput(company, seller));
  if (recordFacts.code !== undefined) throw new Error(`recordFacts is refused: ${recordFacts.code}`);
  return { seller, position: recordFacts.position, recordMs: performance.now() - begun };
}

async function recordAndSee(world, n) {
  const { seller, position, recordMs } = await record(world, n);
  const begun = performance.now();
  const { appraisal } = await world.reader.ask(SHOWN, { id: world.ids.get(seller.person), atLeast: position });
  const seenMs = performance.now() - begun;
  if (Number(appraisal.position) < Number(position)) throw new Error(`the answer shows ${appraisal.position}, asked for ${position}`);
  return { recordMs, seenMs };
}

function printQuantiles(name, all) {
  if (all.length === 0) return;
  const figures = [0.5, 0.95, 0.99, 1].map((share) => `${share === 1 ? 'max' : `p${share * 100}`} ${quantile(all, share).toFixed(1)}`);
  print(`  ${name.padEnd(24)} ms: ${figures.join('  ')}  (${all.length} samples)`);
}
