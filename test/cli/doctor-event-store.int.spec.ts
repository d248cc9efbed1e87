import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient } from '@assay/event-log';
import { openLog, openRuntime, reach } from '@assay/runtime';
import type { Finding } from '../../apps/cli/src/doctor/finding.js';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { runLine } from '../support/command-line.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { urlOf } from '../support/graphql-app.js';

const OIDC = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'assay' };
const OPENING = { name: 'Patient', timeZone: 'Asia/Shanghai', businessYearFirstMonth: 1, admin: { issuer: 'https://id.example.com', subject: 'admin' } };
const quiet = { say: () => undefined, onParked: () => undefined, onError: () => undefined };

let double: EventStoreDouble;
let database: TestDatabase;
let dataDir: string;
beforeEach(async () => {
  double = await EventStoreDouble.start();
  database = await testDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'assay-doctor-'));
});
afterEach(async () => {
  await double.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** What the doctor says of the event store, and what the command ends with. */
async function doctor(url: string = double.url): Promise<{ readonly said: Pick<Finding, 'level' | 'code'>; readonly code: number; readonly out: string }> {
  const environment = { ...OIDC, ASSAY_DATA: dataDir, ASSAY_LOG: undefined, HOST: '127.0.0.1', PORT: '0', DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner), EVENTSTORE_URL: url };
  const { code, out } = await runLine(['doctor', '--json'], environment);
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
  const [said] = findings.filter(({ area }) => area === 'event store');
  if (said === undefined) throw new Error(`nothing is said of the event store: ${out}`);
  return { said: { level: said.level, code: said.code }, code, out };
}

/** The log begun on the double, with its views, and closed again. */
async function begun(): Promise<void> {
  const runtime = await openRuntime({ dataDir, log: 'main', databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), eventStore: { url: double.url }, ...quiet });
  await openLog(runtime, OPENING);
  await reach(runtime.readModels, (await runtime.store.head()).position);
  await runtime.close();
}

async function strange(stream: string): Promise<void> {
  const client = await connectDbClient(double.url);
  await client.append({ stream, expected: -1, events: [{ id: randomUUID(), type: 'Strange', body: Buffer.from('{}'), metadata: Buffer.from('{}') }] });
  await client.dispose();
}

describe('the doctor on an event store', () => {
  it('finds nothing wrong with one that is empty, nor with one that holds the log; and begins none', async () => {
    expect((await doctor()).said).toEqual({ level: 'OK', code: 'OK' });
    expect((await doctor()).out).toContain('it holds no log yet');
    await begun();
    const { said, code, out } = await doctor();
    expect({ said, code }).toEqual({ said: { level: 'OK', code: 'OK' }, code: 0 });
    expect(out).toContain('the order index has all of it; nobody keeps the index now');
    expect(out).toMatch(/log main \([0-9a-f-]{36}\), up to position \d+ of/);
  });

  it('says that it does not answer', async () => {
    await double.stop();
    expect(await doctor()).toMatchObject({ said: { level: 'FAULT', code: 'EVENT_STORE_UNAVAILABLE' }, code: 3 });
  });

  it('says that it refuses the login, and shows no secret', async () => {
    const guarded = await EventStoreDouble.start({ tls: true });
    const { said, code, out } = await doctor(guarded.urlFor({ credentials: 'admin:not-the-password' }));
    await guarded.close();
    expect({ said, code }).toEqual({ said: { level: 'FAULT', code: 'EVENT_STORE_REFUSED' }, code: 3 });
    expect(out).not.toContain('not-the-password');
  });

  it('says that it was restored from an older copy', async () => {
    await begun();
    await double.stop();
    double.rollBack({ upTo: double.eventCount - 1 });
    await double.start();
    expect(await doctor()).toMatchObject({ said: { level: 'FAULT', code: 'LOG_DIVERGED' }, code: 1 });
  });

  it('says that its events are somebody else\u2019s', async () => {
    await strange('orders-1');
    expect(await doctor()).toMatchObject({ said: { level: 'FAULT', code: 'EVENT_STORE_FOREIGN' }, code: 1 });
  });

  it('says that nobody brings the order index up to it', async () => {
    await begun();
    await strange('person-1');
    expect(await doctor()).toMatchObject({ said: { level: 'WARNING', code: 'INDEX_BEHIND' }, code: 1 });
  });
});
