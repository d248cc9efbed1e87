import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { POSTGRES_DECLARED, withClient, type Connection } from '@assay/event-log';
import { terminateBackends, testDatabase, type TestDatabase } from '../support/database.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { logConformance } from './log.conformance.js';
import { openSqlLog, type SqlDatabase } from './sql-engine.js';

/**
 * PostgreSQL reached over TCP by URLs. `ASSAY_TEST_DATABASE_URL` names a server, with a login that may create roles and
 * databases; without it the tests' own cluster stands behind a TCP port.
 */
const given = process.env['ASSAY_TEST_DATABASE_URL'];
const NOT_OURS = 'the process of a server is not ours to kill or to freeze; that of the embedded one is';
const declared = Object.fromEntries(['F01', 'F13', 'F15', 'F18'].map((id) => [id, NOT_OURS]));

const run = randomBytes(4).toString('hex');
const roles = { owner: `conformance_owner_${run}`, app: `conformance_app_${run}` };
let count = 0;

const admin = (work: string): Promise<unknown> => withClient({ connectionString: given ?? '' }, (client) => client.query(work));

function urlOf(user: string, database: string): Connection {
  const url = new URL(given ?? '');
  url.username = user;
  url.password = run;
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

async function onServer(): Promise<SqlDatabase> {
  const database = `conformance_${run}_${(count += 1)}`;
  await admin(`CREATE DATABASE ${database} OWNER ${roles.owner}`);
  const app = urlOf(roles.app, database);
  const close = async (): Promise<void> => {
    await terminateBackends(app);
    await admin(`DROP DATABASE ${database} WITH (FORCE)`);
  };
  return { owner: urlOf(roles.owner, database), app, close };
}

async function ownOverTcp(): Promise<SqlDatabase> {
  const { owner, app, close } = await testDatabase();
  const wire = await FaultProxy.to(app);
  const url = ({ user = '', password = '', database = '' }: Connection): Connection => ({ connectionString: `postgresql://${user}:${password}@127.0.0.1:${wire.connection.port}/${database}` });
  const closeAll = async (): Promise<void> => {
    await wire.close();
    await close();
  };
  return { owner: url(owner), app: url(app), close: closeAll };
}

/** Keeps the tests' cluster up between the cases. */
let kept: TestDatabase | null = null;

beforeAll(async () => {
  if (given === undefined) kept = await testDatabase();
  if (given !== undefined) for (const role of [roles.owner, roles.app]) await admin(`CREATE ROLE ${role} LOGIN PASSWORD '${run}'`);
});
afterAll(async () => {
  await kept?.close();
  if (given !== undefined) for (const role of [roles.owner, roles.app]) await admin(`DROP ROLE ${role}`);
});

logConformance({
  name: 'PostgreSQL over TCP',
  adapterDeclares: POSTGRES_DECLARED,
  declared,
  open: () => openSqlLog({ database: given === undefined ? ownOverTcp : onServer, elsewhere: testDatabase, server: null }),
});
