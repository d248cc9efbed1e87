// npm run bench -- list: a GraphQL list of 50 rows from the api process, against a bare Fastify route in a process of its own
// that verifies the same token and runs the same SQL on the same database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { printLoad, printMachine } from './machine.mjs';
import { foundCompany, graphqlClient, post, serveFolder } from './served.mjs';
import { countOf, median, print, printBar, printSpread } from './statistics.mjs';

const FACTS_EACH = 5;
const FIELDS = 'id appraisalId status role unitCode total grade subjectId cycleStream evaluationsDueOn revision lastPosition period { from to }';
const LIST = (rows) => `query List { appraisals(first: ${rows}, orderBy: TOTAL_DESC) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`;
const TURN_REQUESTS = 50;
const WARM_UP_TURNS = 6;

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { runs: text('5'), turns: text('8'), connections: text('8'), rows: text('50') } });
const [runs, turns, connections, rows] = [values.runs, values.turns, values.connections, values.rows].map((one) => countOf(one));

printMachine();
const { dataDir, remove } = await foundCompany({ people: rows + 1, facts: FACTS_EACH });
const running = [];
try {
  const api = await serveFolder(dataDir);
  running.push(api);
  const bare = await startBare();
  running.push(bare);
  await measure(api, bare);
  printLoad('after');
} finally {
  for (const one of running.reverse()) await one.stop();
  remove();
}
process.exit(0);

async function startBare() {
  const child = spawn(process.execPath, [new URL('bare-route.mjs', import.meta.url).pathname, dataDir, String(rows)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [url] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(([code]) => Promise.reject(new Error(`the bare route ended with ${code}`)))]);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function measure(api, bare) {
  const reader = await graphqlClient({ url: api.url, dataDir, subject: 'officer' });
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const asked = { token: reader.token, body: JSON.stringify({ query: LIST(rows) }) };
  const contestants = [
    { name: 'GraphQL list', rowsOf: (answer) => answer.data.appraisals.nodes, ask: () => post(agent, { url: `${api.url}/graphql`, token: asked.token }, asked.body) },
    { name: 'bare Fastify route', rowsOf: (answer) => answer.nodes, ask: () => post(agent, { url: `${bare.url}/list`, token: asked.token }, '{}') },
  ];
  for (const { name, rowsOf, ask } of contestants) {
    const { length } = rowsOf(JSON.parse(await ask()));
    if (length !== rows) throw new Error(`${name} answers ${length} rows`);
  }
  for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) for (const { ask } of contestants) await turnOf(ask);
  const rates = new Map(contestants.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    const turnRates = new Map(contestants.map(({ name }) => [name, []]));
    for (let turn = 0; turn < turns; turn += 1) for (const { name, ask } of contestants) turnRates.get(name).push(await turnOf(ask));
    for (const { name } of contestants) rates.get(name).push(median(turnRates.get(name)));
  }
  agent.destroy();
  reader.close();
  print(`${rows} rows of ${FIELDS.split(' ').length} fields, ${connections} connections, turns of ${TURN_REQUESTS} requests; ${runs} runs of ${turns} turns each`);
  printSpread('requests per second (run medians)', [...rates], 0);
  const [ours, theirs] = contestants.map(({ name }) => rates.get(name));
  printBar({ what: `GraphQL list of ${rows} rows to a bare Fastify route`, numerators: ours, denominators: theirs, bar: 'at least 0.5', holds: (ratio) => ratio >= 0.5, digits: 2 });
}

/** Requests a second of one turn. */
async function turnOf(ask) {
  const begun = performance.now();
  let sent = 0;
  const worker = async () => {
    for (; sent < TURN_REQUESTS; ) {
      sent += 1;
      await ask();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return TURN_REQUESTS / ((performance.now() - begun) / 1000);
}
