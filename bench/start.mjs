// npm run bench -- start: from the start of the api process on a folder with a log to its first answer of GraphQL, embedded
// database included, and the memory of both at rest.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printLoad, printMachine } from './machine.mjs';
import { foundCompany, graphqlClient, memoryOfTree, serveFolder } from './served.mjs';
import { countOf, median, print, printSpread, verdict } from './statistics.mjs';

const FIRST = '{ viewer { roles } }';
const SECONDS_MAX = 4;
const MEGABYTES_MAX = 250;

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { runs: text('5'), people: text('24'), facts: text('40'), rest: text('5') } });
const [runs, people, facts, restSeconds] = [values.runs, values.people, values.facts, values.rest].map((one) => countOf(one));

printMachine();
const { dataDir, remove } = await foundCompany({ people, facts });
try {
  const [seconds, megabytes, processes] = [[], [], []];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    const api = await serveFolder(dataDir);
    try {
      const client = await graphqlClient({ url: api.url, dataDir, subject: 'officer' });
      await client.ask(FIRST);
      seconds.push((performance.now() - begun) / 1000);
      client.close();
      await delay(restSeconds * 1000);
      const memory = memoryOfTree(api.pid);
      megabytes.push(memory.megabytes);
      processes.push(memory.processes);
    } finally {
      await api.stop();
    }
  }
  print(`A log of ${people} people with ${facts} facts each; ${runs} starts, memory ${restSeconds} s after the first answer: PSS of ${median(processes)} processes, the database's among them`);
  printSpread('start to first answer, seconds', [['api and embedded database', seconds]], 2);
  printSpread('memory at rest, MB', [['api and embedded database', megabytes]], 0);
  printLoad('after');
  verdict({ what: 'Start to first answer', figure: `${median(seconds).toFixed(1)} s`, bar: `at most ${SECONDS_MAX} s`, met: median(seconds) <= SECONDS_MAX });
  verdict({ what: 'Memory at rest with the database', figure: `${median(megabytes).toFixed(0)} MB`, bar: `at most ${MEGABYTES_MAX} MB`, met: median(megabytes) <= MEGABYTES_MAX });
} finally {
  remove();
}
process.exit(0);
