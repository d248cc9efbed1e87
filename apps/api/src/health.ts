import type { CheckResult, ReadinessCheck, TokenVerifier } from '@assay/graphql';
import { mayLead, type Runtime } from '@assay/runtime';

/** What is looked at: so much of an open log. */
export interface HealthSources {
  readonly role: Runtime['role'];
  readonly pool: { query(text: string): Promise<unknown> };
  readonly log: Pick<Runtime['log'], 'probe' | 'grants' | 'clockBehindMs' | 'protection' | 'violations'>;
  readonly readModels: Pick<Runtime['readModels'], 'metrics'>;
  readonly processes: Pick<Runtime['processes'], 'waiting'>;
}

/** What is found out about a part; `ok` unless it says otherwise. */
type Found = Partial<CheckResult> & { readonly status: string };

interface Part {
  readonly name: string;
  /** What to do where the part does not answer. */
  readonly remedy: string;
  readonly look: () => Promise<Found>;
}

/** What to do where nobody leads. */
const START_ONE = 'start one with ASSAY_ROLE=projector';
const ANSWER_MS_MAX = 3_000;
const GRANTS_KEPT_MS = 60_000;
/** As the log has it (`architecture.md`, Time). */
const CLOCK_BEHIND_MS_MAX = 5_000;

/**
 * The parts of `/health/ready`, each with its status and, where something is to be done, what. A part that only warns (an unprotected
 * log, parked work, nobody who leads) leaves the process ready. Anybody may read it: it holds counts and names of ours alone. A
 * projector knows nobody's tokens: it has no verifier, and no part `keys`.
 */
export function readinessChecks(runtime: HealthSources, verifier: Pick<TokenVerifier, 'ready'> | null, answerMsMax = ANSWER_MS_MAX): readonly ReadinessCheck[] {
  const { log, pool } = runtime;
  const grants = kept(GRANTS_KEPT_MS, () => log.grants());
  const parts: readonly Part[] = [
    { name: 'role', remedy: 'See database first.', look: () => roleFound(runtime) },
    { name: 'database', remedy: 'See that PostgreSQL runs and that DATABASE_URL reaches it; the log of this process says why it does not.', look: async () => (await pool.query('SELECT 1'), { status: 'UP' }) },
    { name: 'log', remedy: 'Appends and reads fail: see database first, then the event store where EVENTSTORE_URL names one, then the log of this process.', look: async () => (await log.probe(), protectionOf(runtime)) },
    { name: 'grants', remedy: 'Start once with DATABASE_OWNER_URL set; it grants what the serving login needs.', look: async () => grantsFound(await grants()) },
    { name: 'projections', remedy: 'The views cannot be read: see database first.', look: () => projectionsFound(runtime) },
    { name: 'processes', remedy: 'Timers and process managers cannot be read: see database first.', look: () => processesFound(runtime) },
    { name: 'clock', remedy: 'See database first.', look: async () => clockFound(await log.clockBehindMs()) },
    ...(verifier === null ? [] : [keysPart(verifier)]),
  ];
  return parts.map((part) => ({ name: part.name, check: () => checked(part, answerMsMax) }));
}

const keysPart = (verifier: Pick<TokenVerifier, 'ready'>): Part => ({
  name: 'keys',
  remedy: 'The issuer publishes no keys that can be fetched: see that OIDC_ISSUER is right and reachable from here.',
  look: async () => ((await verifier.ready()) ? { status: 'LOADED' } : { ok: false, status: 'MISSING' }),
});

async function checked({ remedy, look }: Part, answerMsMax: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Found>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, status: 'NO_ANSWER', detail: `no answer within ${String(answerMsMax)} ms` }), answerMsMax);
  });
  try {
    const found = await Promise.race([look(), late]);
    return { ok: true, ...found, ...(found.ok === false && found.remedy === undefined ? { remedy } : {}) };
  } catch {
    // What the driver says may hold an address; the process's own log has it.
    return { ok: false, status: 'DOWN', remedy };
  } finally {
    clearTimeout(timer);
  }
}

/** What the process is there for, and how much of it falls to it just now. */
async function roleFound({ role, readModels }: HealthSources): Promise<Found> {
  const status = role.toUpperCase();
  if (!mayLead(role)) return { status };
  const all = await readModels.metrics();
  const led = all.filter((one) => one.status === 'LEADING').length;
  return { status, detail: `leads ${String(led)} of ${String(all.length)} projections` };
}

function protectionOf({ log }: HealthSources): Found {
  if (log.protection === 'PROTECTED') return { status: 'PROTECTED' };
  return { status: 'UNPROTECTED', detail: `the login that serves could change what is recorded: ${log.violations.join('; ')}`, remedy: 'Give DATABASE_OWNER_URL a login that owns the log and DATABASE_URL one that does not, and start again.' };
}

function grantsFound({ missing, violations }: Awaited<ReturnType<Runtime['log']['grants']>>): Found {
  if (missing.length > 0) return { ok: false, status: 'MISSING', detail: missing.join('; ') };
  if (violations.length === 0) return { status: 'AS_NEEDED' };
  return { status: 'TOO_WIDE', detail: violations.join('; '), remedy: 'Take from the login that serves what it need not have; a start with DATABASE_OWNER_URL refuses where it is not so.' };
}

async function projectionsFound({ readModels }: HealthSources): Promise<Found> {
  const all = await readModels.metrics();
  const told = (some: typeof all, word: string): readonly string[] => some.map(({ name, version, lag }) => `${name}__v${String(version)} ${word}, ${String(lag)} events behind`);
  const stopped = all.filter((one) => one.stopped !== null);
  if (stopped.length > 0) return { ok: false, status: 'STOPPED', detail: told(stopped, 'stopped').join('; '), remedy: 'npm run -s assay -- rebuild --help; the log of this process says at which event it stopped.' };
  const building = all.filter(({ live }) => !live);
  if (building.length > 0) {
    const remedy = building.every(({ led }) => led) ? 'Wait; it ends by itself.' : `No process leads these projections: ${START_ONE}.`;
    return { ok: false, status: 'BUILDING', detail: told(building, 'is being built').join('; '), remedy };
  }
  const orphans = all.filter(({ led }) => !led);
  // A reader behind is worth more than none: what has no leader is shown, and taken over within seconds where there is one to take it.
  if (orphans.length > 0) return { status: 'NOT_LED', detail: told(orphans, 'is led by nobody').join('; '), remedy: `No process leads these projections: ${START_ONE}.` };
  const parked = all.reduce((sum, one) => sum + one.parked, 0);
  const lag = Math.max(0, ...all.map((one) => one.lag));
  if (parked > 0) return { status: 'PARKED', detail: `${String(parked)} keys are parked; ${String(lag)} events behind at most`, remedy: 'npm run -s assay -- projections list, then projections unpark.' };
  return { status: 'LIVE', detail: `${String(lag)} events behind at most` };
}

async function processesFound({ processes }: HealthSources): Promise<Found> {
  const { parked, due, led } = await processes.waiting();
  if (!led) return { status: 'NOT_LED', detail: `${String(due)} timers due`, remedy: `No process leads process managers and timers: ${START_ONE}.` };
  if (parked === 0) return { status: 'FOLLOWING', detail: `${String(due)} timers due` };
  return { status: 'PARKED', detail: `work is parked: ${String(parked)}; ${String(due)} timers due`, remedy: 'The log of this process names each with its code; mend what refuses it.' };
}

function clockFound(behindMs: number): Found {
  if (behindMs <= CLOCK_BEHIND_MS_MAX) return { status: 'RIGHT' };
  const remedy = 'Set the clock of the database server right and wait, or have an administrator accept the step (mutation acceptClockStep).';
  return { ok: false, status: 'BEHIND', detail: `the clock is ${String(Math.ceil(behindMs / 1000))} s behind the last event; appends are refused`, remedy };
}

/** Looks again only after a while: what it asks takes a connection of its own. */
function kept<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: T; readonly at: number } | undefined;
  return async () => {
    if (known === undefined || performance.now() - known.at > ms) known = { value: await ask(), at: performance.now() };
    return known.value;
  };
}
