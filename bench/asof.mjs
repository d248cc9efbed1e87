// npm run bench -- asof: a score as of a moment with some 500 events behind it, against bare reading of those events and
// one reckoning of the same score.
import { parseArgs } from 'node:util';
import { appraisalStreamNames, score, scoreInputOf, scoreSourcesOf } from '../dist/libs/domain/src/index.js';
import { allViews, appraisalView } from '../dist/libs/read-models/src/index.js';
import { dropViews, measureCrmLog, openViews, reach, readBareStreams } from './crm-log.mjs';
import { countOf, median, print, printBar, printSpread } from './statistics.mjs';

const WARM_UP = 30;

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { runs: text('5'), agents: text('40'), deals: text('9500'), events: text('500'), asked: text('100') } });
const [runs, agents, deals, eventsWanted, asked] = [values.runs, values.agents, values.deals, values.events, values.asked].map((one) => countOf(one));

await measureCrmLog({ agents, deals }, measure);

async function measure(log) {
  await dropViews(log);
  const { readModels, close } = openViews(log, allViews.filter(({ name }) => name === 'appraisal'));
  await readModels.start();
  await reach(readModels, [appraisalView], log.head);
  const moment = await momentWith(log, readModels);
  print(`${moment.key} as of position ${moment.upTo}: ${moment.events} events in ${moment.streams.length} streams, ${moment.total} points; ${runs} runs of ${asked} each, taking turns`);
  const ours = async () => void (await readModels.moment(appraisalView, { upTo: moment.upTo }).doc(moment.key));
  const bare = async () => {
    await readBareStreams(log, moment.streams, moment.upTo);
    score(moment.input);
  };
  for (let n = 0; n < WARM_UP; n += 1) await ours().then(bare);
  const [our, their] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    const [ourTimes, theirTimes] = [[], []];
    for (let n = 0; n < asked; n += 1) {
      ourTimes.push(await millisecondsOf(ours));
      theirTimes.push(await millisecondsOf(bare));
    }
    our.push(median(ourTimes));
    their.push(median(theirTimes));
  }
  await close();
  printSpread('milliseconds (run medians)', [['score as of a moment', our], ['bare reading and one score()', their]], 2);
  printBar({ what: 'Score as of a moment to bare reading and one score()', numerators: our, denominators: their, bar: 'at most 2', holds: (ratio) => ratio <= 2, digits: 2 });
}

/** Of all appraisals and moments, one whose streams held about the wanted number of events by then. */
async function momentWith(log, readModels) {
  const rows = await readModels.all(appraisalView, { visibility: 'ALL' });
  const candidates = [];
  for (const { key, doc } of rows) candidates.push(await candidateOf(log, key, doc));
  const [best] = candidates.sort((a, b) => Math.abs(a.events - eventsWanted) - Math.abs(b.events - eventsWanted));
  const states = await readModels.moment({ ...appraisalView, compute: inputOf }, { upTo: best.upTo }).doc(best.key);
  return { ...best, ...states };
}

async function candidateOf({ bare }, key, doc) {
  const streams = [key, ...appraisalStreamNames(doc)];
  const { rows } = await bare.query({ text: 'SELECT position FROM assay.event WHERE stream = ANY($1) ORDER BY position', values: [streams], rowMode: 'array' });
  const positions = rows.map(([position]) => Number(position));
  const events = Math.min(eventsWanted, positions.length);
  // Before its own first event there is no score.
  const upTo = Math.max(positions[events - 1], doc.position);
  return { key, streams, upTo, events: positions.filter((position) => position <= upTo).length };
}

function inputOf({ root: { state }, states }) {
  const lookup = Object.fromEntries(['cycle', 'scheme', 'target', 'facts', 'metric'].map((category) => [category, (stream) => states.of(category, stream)]));
  const input = scoreInputOf(state, scoreSourcesOf(state, lookup));
  return { input, total: score(input).total };
}

async function millisecondsOf(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
