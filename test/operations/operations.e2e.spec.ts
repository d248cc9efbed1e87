import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { openProduction, type Production, type ProductionServer, type SentSpan } from '../support/production.js';
import { readyAt } from '../support/ready.js';
import { joinPerson, post, Writers } from './writers.js';

/** Texts about people, and what a careless client puts where it does not belong. */
const PERSONAL = ['王小明-private', 'Wei-Private-Chen', 'secret-reason-of-hers'];
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

let production: Production;
let server: ProductionServer;
let admin: string;
const tokens: string[] = [];

const logged = (): readonly Readonly<Record<string, unknown>>[] => server.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
const ask = (query: string, variables: object = {}, headers: Record<string, string> = {}) => post(server.url, { token: admin, query, variables, headers });

beforeAll(async () => {
  production = await openProduction();
  admin = await production.token('admin');
  tokens.push(admin);
  server = await production.start({ METRICS_PORT: '0', LOG_LEVEL: 'trace', SLOW_OPERATION_MS: '1', SHUTDOWN_DELAY_MS: '3000', RATE_PER_PRINCIPAL: '100000', RATE_PER_ADDRESS: '100000', ASSAY_COLOUR: 'red' });
  await readyAt(server.url);
  const { body } = await ask('{ viewer { personId } }');
  const today = new Date().toISOString().slice(0, 10);
  const role = await ask('mutation ($input: GrantRoleInput!) { grantRole(input: $input) { __typename } }', { input: { commandId: randomUUID(), person: body.data?.['viewer']?.['personId'], role: 'HR', from: today } });
  const unit = await ask('mutation ($input: DefineUnitInput!) { defineUnit(input: $input) { __typename } }', { input: { commandId: randomUUID(), code: 'HQ', names: { en: 'HQ', zh: 'HQ' }, head: null, parent: null, from: today } });
  expect([role.body, unit.body]).toEqual([{ data: { grantRole: { __typename: 'GrantRoleAccepted' } } }, { data: { defineUnit: { __typename: 'DefineUnitAccepted' } } }]);
}, 240_000);
afterAll(async () => {
  server.process.kill('SIGKILL');
  await server.ended;
  await production.close();
}, 60_000);

describe('a process in production', () => {
  it('says of each part how it is', async () => {
    const { status, checks } = JSON.parse(await readyAt(server.url));
    const statuses = Object.fromEntries(Object.entries<{ status: string }>(checks).map(([name, part]) => [name, part.status]));
    expect([status, statuses]).toEqual(['ready', { role: 'ALL', database: 'UP', log: 'PROTECTED', grants: 'AS_NEEDED', projections: 'LIVE', processes: 'FOLLOWING', clock: 'RIGHT', keys: 'LOADED' }]);
  });

  it('warns of a variable that nobody reads', () => {
    expect(logged()).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringContaining('ASSAY_COLOUR') }));
  });

  it('writes no personal text and no token into its log, whatever it is sent', async () => {
    const [chinese = '', latin = '', reason = ''] = PERSONAL;
    const traced = await ask(joinPerson.query, joinPerson.variables({ name: chinese }), { traceparent: `00-${TRACE}-${PARENT}-01`, 'x-note': latin, cookie: `name=${latin}` });
    expect(traced.body.data).toMatchObject({ joinPerson: { repeated: false } });
    const stranger = await production.token('nobody');
    const forged = `${admin.slice(0, -8)}${latin.slice(0, 8)}`;
    tokens.push(stranger, forged);
    const sent = await Promise.all([
      ask(joinPerson.query, joinPerson.variables({ name: latin, unit: reason })),
      ask(joinPerson.query, joinPerson.variables({ name: [latin], from: chinese })),
      ask(`{ "${chinese}" }`),
      ask(`{ people(${latin.replaceAll('-', '')}: "${reason}") { totalCount } }`),
      ask(`query ${latin.replaceAll('-', '_')} { nodes(ids: ["${chinese}"]) { id } }`),
      ask('mutation ($input: RevokeRoleInput!) { revokeRole(input: $input) { __typename } }', { input: { commandId: randomUUID(), person: randomUUID(), role: chinese, from: '2020-01-01', reason } }),
      post(server.url, { token: stranger, query: '{ people { totalCount } }' }),
      post(server.url, { token: forged, query: '{ people { totalCount } }' }),
      post(server.url, { token: latin, query: '{ people { totalCount } }' }),
    ]);
    await Promise.all([
      fetch(`${server.url}/graphql?query=${encodeURIComponent(`{ "${chinese}" }`)}&token=${admin}`),
      fetch(`${server.url}/${encodeURIComponent(chinese)}/${latin}?name=${reason}`),
      fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"query": "${chinese}` }),
    ]);
    const live = await subscribed(admin);
    live.socket.close();
    await live.closed;
    const ids = sent.flatMap((one) => ('errors' in one.body ? (one.body.errors ?? []) : [])).map(({ extensions }) => extensions['requestId']);
    expect([ids.length > 6, ids.includes(undefined)]).toEqual([true, false]);
    await server.wrote((lines) => ids.every((id) => lines.some((line) => line.includes('"msg":"request"') && line.includes(`"requestId":"${String(id)}"`))));
    const written = server.lines.join('\n');
    for (const text of [...PERSONAL, ...PERSONAL.map((one) => one.replaceAll('-', '')), ...tokens, ...tokens.map((token) => token.split('.').at(-1) ?? '')]) expect(written).not.toContain(text);
    expect(logged()).toContainEqual(expect.objectContaining({ msg: 'slow operation', kind: 'mutation', operation: 'joinPerson', ms: expect.any(Number), requestId: expect.any(String) }));
  });

  it('counts at a port of its own what it did, by names of its own', async () => {
    const url = String(logged().find(({ msg }) => msg === 'metrics are served')?.['url']);
    const text = await (await fetch(url)).text();
    for (const line of [/^assay_log_answers 1$/m, /^assay_appends_total\{outcome="OK"\} \d+$/m, /^assay_commands_total\{command="person\.JoinPerson",outcome="ACCEPTED"\} 1$/m, /^assay_graphql_operations_total\{kind="mutation",operation="joinPerson",code="OK"\} \d+$/m, /^assay_graphql_operations_total\{kind="none",operation="none",code="UNAUTHENTICATED"\} \d+$/m, /^assay_projection_lag_events\{projection="person__v\d+"\} \d+$/m, /^assay_log_protected 1$/m]) expect(text).toMatch(line);
    for (const personal of PERSONAL) expect(text).not.toContain(personal);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it('ends on SIGTERM under load with every answer given and nothing acknowledged lost', async () => {
    const writers = new Writers(server.url, admin);
    const live = await subscribed(admin);
    await writers.acknowledged(40);
    const inFlight = writers.inFlight();
    server.process.kill('SIGTERM');
    await drained(server.url);
    await writers.ended();
    expect([await server.ended, await live.closed]).toEqual([0, 1001]);
    // Whoever was being served when the signal came was answered, by what came of it or by an error that says to try again.
    const outcomes = writers.outcomes();
    expect(outcomes.filter(({ how, commandId }) => how === 'FAILED' || (inFlight.includes(commandId) && how !== 'ACKNOWLEDGED' && how !== 'RETRYABLE'))).toEqual([]);

    server = await production.start({ LOG_LEVEL: 'error', SHUTDOWN_DELAY_MS: '60000', RATE_PER_PRINCIPAL: '100000', RATE_PER_ADDRESS: '100000' });
    const again = await writers.repeat(server.url);
    expect(again.filter(({ before, after }) => after.how !== 'ACKNOWLEDGED' || (before.how === 'ACKNOWLEDGED' && !(after.repeated === true && after.position === before.position)))).toEqual([]);
    // The log's opening, a role, a unit, one person before the load, and each command of the load once.
    expect((await ask('{ log { head } }')).body.data?.['log']?.['head']).toBe(String(3 + outcomes.length));
  }, 180_000);

  it('sent its traces before it ended: request, operation, command and append below the caller’s span', async () => {
    const named = (name: string): SentSpan | undefined => production.spans().find((span) => span.traceId === TRACE && span.name === name);
    const names = ['POST /graphql', 'assay.graphql', 'assay.command', 'assay.append'];
    // What was sent may still be on its way.
    while (names.some((name) => named(name) === undefined) || !production.spans().some(({ name }) => name === 'assay.projection.batch')) await delay(20);
    const [request, operation, command, append] = names.map(named);
    expect(request?.parentSpanId).toBe(PARENT);
    expect([operation?.parentSpanId, command?.parentSpanId, append?.parentSpanId]).toEqual([request?.spanId, operation?.spanId, command?.spanId]);
    for (const text of [...PERSONAL, ...tokens]) expect(production.sent.join('\n')).not.toContain(text);
  });

  it('ends at once on a second signal', async () => {
    server.process.kill('SIGTERM');
    await drained(server.url);
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe('SIGTERM');
  });
});

/** Resolves once readiness says that it goes down, while it is still answered. */
async function drained(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health/ready`, { headers: { connection: 'close' } });
    if (answer.status === 503) return expect(await answer.json()).toMatchObject({ status: 'draining' });
    await answer.text();
    await delay(20);
  }
}

/** A live subscription, and the code with which it is closed. */
function subscribed(token: string): Promise<{ readonly socket: WebSocket; readonly closed: Promise<number> }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })));
    socket.on('message', (data: Buffer) => {
      if (!data.toString().includes('connection_ack')) return;
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { eventRecorded { position } }' } }));
      resolve({ socket, closed });
    });
  });
}
