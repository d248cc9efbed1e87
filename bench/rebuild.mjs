// npm run bench -- rebuild: building the projections of a replayed CRM export from nothing, against bare reading and parsing
// of the same log, and against that with the score engine on the very inputs that the build reckons.
import { parseArgs } from 'node:util';
import { scoreInputOf, scoreSourcesOf, score } from '../dist/libs/domain/src/index.js';
import { allViews, appraisalView, foldBatch, MemoryTables } from '../dist/libs/read-models/src/index.js';
import { dropViews, measureCrmLog, readBare, rebuild } from './crm-log.mjs';
import { countOf, median, print, printBar, printSpread, withThousands } from './statistics.mjs';

const SCORING = new Set(['appraisal', 'composite']);
/** Bare reading is short: the middle one of some stands for its turn. */
const BARE_READS = 5;
const PAGE_EVENTS = 1000;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' }, agents: { type: 'string', default: '40' }, deals: { type: 'string', default: '9500' } } });
const [runs, agents, deals] = [values.runs, values.agents, values.deals].map((one) => countOf(one));

await measureCrmLog({ agents, deals }, measure);

async function measure(log) {
  const events = await readBare(log);
  const inputs = await scoreInputs(log);
  print(`${withThousands(String(events))} events, ${withThousands(String(inputs.length))} scores in them; ${runs} runs, what is compared taking turns`);
  const scoring = allViews.filter(({ name }) => SCORING.has(name));
  const plain = allViews.filter(({ name }) => !SCORING.has(name));
  const groups = [
    ...plain.map((view) => ({ name: `  ${view.name} alone`, views: [view] })),
    { name: 'all without scoring, side by side', views: plain },
    { name: 'those with scoring, side by side', views: scoring },
  ];
  await rebuildOnce(log, plain);
  const seconds = new Map([...groups.map(({ name }) => name), 'bare reading and parsing', 'score() alone'].map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const { name, views } of groups) seconds.get(name).push(await rebuildOnce(log, views));
    seconds.get('bare reading and parsing').push(await bareOnce(log));
    seconds.get('score() alone').push(scoreAll(inputs));
  }
  report(seconds, plain);
}

function report(seconds, plain) {
  const bare = seconds.get('bare reading and parsing');
  printSpread('seconds', [...seconds], 2);
  print('\nBare reading by each projection alone');
  for (const { name } of plain) print(`  ${name.padEnd(36)}${(median(bare) / median(seconds.get(`  ${name} alone`))).toFixed(2).padStart(10)}`);
  printBar({ what: 'Rebuild without scoring, bare reading by it', numerators: bare, denominators: seconds.get('all without scoring, side by side'), bar: 'at least 0.5', holds: (ratio) => ratio >= 0.5, digits: 3 });
  const withScore = bare.map((one, run) => one + seconds.get('score() alone')[run]);
  printBar({ what: 'Rebuild with scoring, bare reading and score() by it', numerators: withScore, denominators: seconds.get('those with scoring, side by side'), bar: 'at least 0.7', holds: (ratio) => ratio >= 0.7, digits: 2 });
}

async function rebuildOnce(log, views) {
  await dropViews(log);
  return secondsOf(() => rebuild(log, views));
}

async function bareOnce(log) {
  const reads = [];
  for (let n = 0; n < BARE_READS; n += 1) reads.push(await secondsOf(() => readBare(log)));
  return median(reads);
}

/** What the score engine is given while the appraisals are built, in order. */
async function scoreInputs({ store }) {
  const inputs = [];
  const noting = {
    ...appraisalView,
    compute(context) {
      const { root, states } = context;
      if (root.state.status !== 'ABSENT') inputs.push(scoreInputOf(root.state, scoreSourcesOf(root.state, lookup(states))));
      return appraisalView.compute(context);
    },
  };
  const tables = new MemoryTables();
  for (let at = -1; ; ) {
    const events = await store.readAll({ afterPosition: at, max: PAGE_EVENTS });
    if (events.length === 0) {
      if (tables.parked.size > 0 || inputs.length === 0) throw new Error('the appraisals are not what the application would build');
      return inputs;
    }
    tables.apply(await foldBatch(noting, events, { source: tables }));
    at = events.at(-1).position;
  }
}

function lookup(states) {
  return Object.fromEntries(['cycle', 'scheme', 'target', 'facts', 'metric'].map((category) => [category, (stream) => states.of(category, stream)]));
}

function scoreAll(inputs) {
  const begun = performance.now();
  for (const input of inputs) score(input);
  return (performance.now() - begun) / 1000;
}

async function secondsOf(work) {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
