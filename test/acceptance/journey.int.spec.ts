import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wasRejected, type CommandOutcome } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { openLog, openRuntime, type Runtime } from '@assay/runtime';

const ISSUER = 'https://id.example.com';
let folder: string;
let runtime: Runtime;
let adminId: string;
const problems: unknown[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-journey-'));
  runtime = await openRuntime({ dataDir: folder, log: 'journey', say: () => undefined, onParked: (work) => problems.push(work), onError: (error) => problems.push(error) });
  ({ adminId } = await openLog(runtime, { name: 'Journey', timeZone: 'Asia/Shanghai', businessYearFirstMonth: 1, admin: { issuer: ISSUER, subject: 'admin' } }));
  runtime.start();
}, 60_000);
afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

let counter = 0;
interface Order {
  readonly by: string;
  readonly what: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly reason?: string;
}
async function order({ by, what, data, id, reason }: Order): Promise<CommandOutcome> {
  const [aggregate = '', type = ''] = what.split('.');
  counter += 1;
  const issuer = await runtime.principals.of(by);
  return runtime.executor.execute({ aggregate, type, data, commandId: uuidV5(runtime.logId, `order ${String(counter)}`), issuer, ...(id === undefined ? {} : { id }), ...(reason === undefined ? {} : { reason }) });
}
async function done(one: Order): Promise<string> {
  const outcome = await order(one);
  if (wasRejected(outcome)) throw new Error(`${one.what}: ${JSON.stringify(outcome.rejection)}`);
  return outcome.accepted.stream.slice(outcome.accepted.stream.indexOf('-') + 1);
}

describe('a company on a log of its own', () => {
  it('begins with the first administrator and grows by ordinary commands', async () => {
    const from = '2020-01-01';
    const today = dayAt(await runtime.store.now(), 'Asia/Shanghai');
    await done({ by: adminId, what: 'company.GrantRole', data: { person: adminId, role: 'HR', from: today } });
    await done({ by: adminId, what: 'company.DefineUnit', data: { code: 'EAST', names: { en: 'East', zh: '東區' }, parent: null, head: null, from } });
    const boss = await done({ by: adminId, what: 'person.JoinPerson', data: { name: 'Wei Chen', role: 'MANAGER', unit: 'EAST', manager: null, from } });
    const seller = await done({ by: adminId, what: 'person.JoinPerson', data: { name: 'Li Na', role: 'SALES', unit: 'EAST', manager: boss, from } });
    await done({ by: adminId, what: 'metric.DefineMetric', data: { code: 'sales', names: { en: 'Sales', zh: '銷售額' }, unit: 'CNY', accumulation: 'SUM', direction: 'HIGHER' } });
    const recorded = await order({ by: adminId, what: 'facts.RecordFacts', data: { owner: seller, metric: 'sales', facts: [{ source: 'crm', factId: 'f1', occurredOn: from, value: '12', evidence: 'a'.repeat(64) }] } });
    expect(recorded).toMatchObject({ accepted: { revision: 0, repeated: false } });
    const principal = await runtime.principals.of(boss);
    expect([...principal.roles]).toEqual(['EMPLOYEE', 'MANAGER']);
    expect([...principal.manages]).toEqual([seller]);
    expect(problems).toEqual([]);
  });
});
