import { checkTarget, connectDbClient, moveLog, type MovedLog, type MoveErrorCode, type MoveOptions, type MoveProgress, type SourceLog } from '@assay/event-log';
import { eventStoreAddress, openPlace } from '@assay/runtime';
import type { ExitCode, Io } from '../command.js';
import { codeOf } from '../error-code.js';
import { Progress } from '../progress.js';
import { directionOf, type Migration, type MigrationRequest } from './migration.js';

/** Sees, before the log is closed for it, that it may be moved there. */
export const checkPlace = ({ migration, io, quiet }: MigrationRequest, log: SourceLog): Promise<void> => onPlaces({ migration, io, quiet }, (engines) => checkTarget(engines, log));

/** Copies the closed log and verifies it; what was opened for it is closed again, at Ctrl-C too. */
export function copyLog({ migration, io, quiet }: MigrationRequest): Promise<MovedLog> {
  const progress = new Progress(io, { quiet, clock: Date.now });
  const onProgress = teller(progress, (line) => (quiet ? undefined : io.err(`assay: ${line}\n`)));
  return onPlaces({ migration, io, quiet }, (engines) => moveLog({ ...engines, onProgress, signal: io.signal })).finally(() => progress.end());
}

async function onPlaces<T>({ migration, io, quiet }: Omit<MigrationRequest, 'yes'>, work: (engines: Pick<MoveOptions, 'to' | 'app' | 'owner' | 'connect'>) => Promise<T>): Promise<T> {
  // Who listens has time to leave database and event store as they can be gone on with.
  const heard = (): void => undefined;
  io.signal.addEventListener('abort', heard);
  const place = await openPlace(placeOf(migration), { existing: true, signal: io.signal, say: (line) => (quiet ? undefined : io.err(`assay: ${line}\n`)) });
  try {
    io.signal.throwIfAborted();
    const address = eventStoreAddress(migration.eventStore);
    return await work({ to: directionOf(migration), app: place.app, ...(place.owner === null ? {} : { owner: place.owner }), connect: () => connectDbClient(address) });
  } finally {
    await place.close();
    io.signal.removeEventListener('abort', heard);
  }
}

function placeOf({ config: { dataFolder, log, databaseUrl, databaseOwnerUrl } }: Migration) {
  return { dataDir: dataFolder, log, ...(databaseUrl === undefined ? {} : { databaseUrl }), ...(databaseOwnerUrl === undefined ? {} : { databaseOwnerUrl }) };
}

const LABELS = { CHECKED: 'already there, and checked', COPIED: 'copied', VERIFIED: 'read back from both' } as const;

/** How far it is, and how fast it copies. */
function teller(progress: Progress, say: (line: string) => void): (done: MoveProgress) => void {
  let begun: { readonly at: number; readonly events: number } | null = null;
  return ({ phase, events, of }) => {
    if (phase === 'SETTLING') return say('other programs are connected to this log; what they had under way when it was closed is waited for, at most 15 s');
    if (phase !== 'COPIED') return progress.bar(LABELS[phase], { done: events, of });
    begun ??= { at: Date.now(), events };
    const seconds = (Date.now() - begun.at) / 1000;
    const rate = seconds > 0 ? `, ${String(Math.round((events - begun.events) / seconds))} events/s` : '';
    progress.bar(`${LABELS.COPIED}${rate}`, { done: events, of });
  };
}

const EXIT_CODES: Readonly<Record<MoveErrorCode, ExitCode>> = { SourceEmpty: 2, TargetForeign: 2, TargetAhead: 2, MoveRunning: 3, MoveDiverged: 1 };
const isRefusal = (code: string): code is MoveErrorCode => Object.hasOwn(EXIT_CODES, code);

/** What the work comes to; or, where it was refused, the exit code, once the reason is said. */
export async function refusalsOf<T extends object>(io: Pick<Io, 'err'>, work: () => Promise<T | ExitCode>): Promise<T | ExitCode> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (!isRefusal(code)) throw error;
    io.err(`assay: ${error instanceof Error ? error.message : code}\n`);
    return EXIT_CODES[code];
  }
}
