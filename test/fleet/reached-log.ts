import { eventStoreOf, firstAdminId, LOG_SETTINGS, openRuntime, readSettings, type ProcessRole, type Runtime } from '@assay/runtime';
import { foundCompany, openCycle } from '../support/company.js';
import type { Founding } from '../support/kill-protocol.js';
import type { Production } from '../support/production.js';
import { Stage } from '../support/stage.js';
import type { LoadWorld } from '../support/team-load.js';
import { identity } from './clients.js';

/** The log of a production as this process opens it, by the variables that the processes of a fleet are given. */
export function reached({ environment }: Production, role: ProcessRole): Promise<Runtime> {
  const settings = readSettings(LOG_SETTINGS, environment).values;
  const { ASSAY_DATA, ASSAY_LOG, DATABASE_URL, DATABASE_OWNER_URL } = settings;
  const fail = (what: unknown): never => {
    throw new Error(`behind the fleet something went wrong: ${JSON.stringify(what)}`);
  };
  return openRuntime({
    dataDir: ASSAY_DATA,
    log: ASSAY_LOG,
    role,
    ...(DATABASE_URL === null ? {} : { databaseUrl: DATABASE_URL }),
    ...(DATABASE_OWNER_URL === null ? {} : { databaseOwnerUrl: DATABASE_OWNER_URL }),
    ...eventStoreOf(settings),
    say: () => undefined,
    onParked: fail,
    onError: fail,
  });
}

/** Founds the company of the load, before any process serves it, and lets its people have tokens. */
export async function founded(production: Production, { cycle, today }: Founding): Promise<LoadWorld> {
  const runtime = await reached(production, 'all');
  try {
    const { logId, executor, principals, store } = runtime;
    const stage = new Stage({ logId, execute: (message) => executor.execute(message), principalOf: (id) => principals.of(id), readStream: (stream) => store.readStream(stream) });
    const company = await foundCompany(stage, firstAdminId(logId, { issuer: production.issuer, subject: 'admin' }), today);
    await openCycle(stage, company, cycle);
    const { admin, ...others } = company;
    for (const person of Object.values(others)) await stage.must(identity(admin, { issuer: production.issuer, person }));
    return { logId, company, cycle, today };
  } finally {
    await runtime.close();
  }
}
