// The application as a process of its own, on a data folder of a measurement, asked over real HTTP.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { demoKey } from '../dist/libs/graphql/src/index.js';
import { temporaryFolder } from './folder.mjs';

const ROOT = new URL('..', import.meta.url);
const API = 'dist/apps/api/src/main.js';
/** The measurement's own requests must not meet the limits that hold off a flood. */
const UNLIMITED = { RATE_PER_PRINCIPAL: '100000', RATE_PER_ADDRESS: '100000' };

/** Starts the api on a data folder's log and resolves once it says where it answers. */
export async function serveFolder(dataDir, log = 'main') {
  const env = { ...process.env, ...UNLIMITED, ASSAY_DATA: dataDir, ASSAY_LOG: log, PORT: '0', LOG_LEVEL: 'error' };
  // The log that is measured is the folder's own.
  delete env.EVENTSTORE_URL;
  const child = spawn(process.execPath, [API], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await Promise.race([addressIn(child.stdout), ended.then((code) => Promise.reject(new Error(`the api ended with ${code}`)))]);
  return {
    pid: child.pid,
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function addressIn(output) {
  return new Promise((resolve) => {
    createInterface({ input: output }).on('line', (line) => {
      const address = /GraphQL +(http:\/\/[^ ]+)\/graphql/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}

/** Asks GraphQL as a demo's subject, over connections that stay open. An answer with errors throws. */
export async function graphqlClient({ url, dataDir, subject }) {
  const token = await (await demoKey(dataDir)).sign(subject);
  const agent = new http.Agent({ keepAlive: true });
  return {
    token,
    ask: async (query, variables = {}) => {
      const { data, errors } = JSON.parse(await post(agent, { url: `${url}/graphql`, token }, JSON.stringify({ query, variables })));
      if (errors !== undefined) throw new Error(`${errors[0].message} ${JSON.stringify(errors[0].extensions)}`);
      return data;
    },
    close: () => agent.destroy(),
  };
}

/** The body of the answer to a POST of JSON; anything but 200 throws. */
export function post(agent, { url, token }, body) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answers ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}

/**
 * A company in a data folder: what `found-company.ts` prints, with the folder and how it is removed. Where all are tried
 * out at once they share one; a measurement has its own.
 */
export async function foundCompany({ people, facts = 0, writers = 0 }) {
  const shared = process.env.ASSAY_BENCH_COMPANY;
  const dataDir = shared ?? temporaryFolder();
  const kept = join(dataDir, 'founded.json');
  if (!existsSync(kept)) {
    const args = ['--import', './test/support/typescript-hooks.mjs', 'bench/found-company.ts', dataDir, String(people), String(facts), String(writers)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 });
    writeFileSync(kept, stdout);
  }
  const remove = () => {
    if (shared === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...JSON.parse(readFileSync(kept, 'utf8')), dataDir, remove };
}

/** One fact that moves its owner's score, as variables of `RECORD_FACT`. */
export const factInput = ({ today, metric }, { person }) => ({ input: { commandId: randomUUID(), owner: person, metric, facts: [{ source: 'crm', factId: randomUUID(), occurredOn: today, value: '1.5', evidence: EVIDENCE }] } });
const EVIDENCE = 'e'.repeat(64);
export const RECORD_FACT = 'mutation Record($input: RecordFactsInput!) { recordFacts(input: $input) { __typename ... on RecordFactsAccepted { position } ... on Rejection { code } } }';

/** Resident memory of a process and all its children in MB, shared pages counted once (PSS); Linux only. */
export function memoryOfTree(pid) {
  const members = treeOf(pid);
  return { processes: members.length, megabytes: members.reduce((sum, one) => sum + proportionalKilobytes(one.pid), 0) / 1024 };
}

/** Seconds of processor time of a process, and of all its children together; Linux only. */
export function processorSeconds(pid) {
  const secondsOf = (members) => members.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
  const members = treeOf(pid);
  return { own: secondsOf(members.filter((one) => one.pid === pid)), children: secondsOf(members.filter((one) => one.pid !== pid)) };
}

/** As Linux has it wherever Node runs. */
const TICKS_PER_SECOND = 100;

function treeOf(pid) {
  const all = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => statusOf(name)));
  const isIn = (one) => one === pid || (all.has(one) && isIn(all.get(one).parent));
  return [...all.values()].filter((one) => isIn(one.pid));
}

function statusOf(name) {
  try {
    const status = readFileSync(`/proc/${name}/stat`, 'utf8');
    // What follows the command's name in brackets: state, parent, and from the twelfth on the ticks in user and system mode.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ').map(Number);
    return [[Number(name), { pid: Number(name), parent: fields[1], ticks: fields[11] + fields[12] }]];
  } catch {
    // It ended while we looked.
    return [];
  }
}

function proportionalKilobytes(pid) {
  try {
    return Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
