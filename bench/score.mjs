// npm run bench -- score: how many inputs a second the score engine reckons, on the golden vectors. There is no peer; the
// figure says what a rebuild spends on reckoning alone.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composite, readCompositeInput, readScoreInput, score } from '../dist/libs/domain/src/index.js';
import { printMachine } from './machine.mjs';
import { print, printSpread } from './statistics.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } } });
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`"${values.runs}" is no count from 1`);
const runMs = Number(values.seconds) * 1000;
if (!(runMs > 0)) throw new Error(`"${values.seconds}" is no number of seconds`);
const warmUpMs = runMs / 2;

const contestants = [
  { name: 'score', reckon: score, inputs: inputsOf('scoring', readScoreInput) },
  { name: 'composite', reckon: composite, inputs: inputsOf('composite', readCompositeInput) },
];
printMachine();
print(`Golden vectors: ${contestants.map(({ name, inputs }) => `${inputs.length} of ${name}`).join(', ')}; derivation included; ${runs} runs of ${runMs / 1000} s\n`);
for (const contestant of contestants) rateOf(contestant, warmUpMs);
const rates = new Map(contestants.map(({ name }) => [name, []]));
for (let run = 0; run < runs; run += 1) {
  for (const contestant of contestants) rates.get(contestant.name).push(rateOf(contestant, runMs));
}
printSpread('inputs per second', [...rates], 0);
printSpread('microseconds an input', [...rates].map(([name, all]) => [name, all.map((rate) => 1e6 / rate)]), 0);

/** Whole rounds of all inputs until the time is over. */
function rateOf({ reckon, inputs }, forMs) {
  const begun = performance.now();
  let reckoned = 0;
  while (performance.now() - begun < forMs) {
    for (const input of inputs) reckon(input);
    reckoned += inputs.length;
  }
  return reckoned / ((performance.now() - begun) / 1000);
}

function inputsOf(folder, read) {
  return ['hand-made', 'random'].flatMap((file) =>
    JSON.parse(readFileSync(new URL(`../test/vectors/${folder}/${file}.json`, import.meta.url), 'utf8')).map(({ name, input }) => {
      const outcome = read(input);
      if ('problem' in outcome) throw new Error(`${folder} "${name}": ${outcome.problem.message}`);
      return outcome.input;
    }),
  );
}
