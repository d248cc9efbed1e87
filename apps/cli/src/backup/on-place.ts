import type { BackupErrorCode, BackupHeader } from '@assay/event-log';
import { openPlace, type OpenPlace } from '@assay/runtime';
import { UsageError, type ExitCode, type Io } from '../command.js';
import type { CliConfig } from '../config.js';

/** Which database is worked on, and who hears of it. */
interface PlaceRequest {
  readonly config: CliConfig;
  readonly io: Pick<Io, 'err' | 'signal'>;
  readonly existing: boolean;
  readonly quiet: boolean;
}

/** Work on the database of the log that the settings name, which is left again whatever the work comes to, at Ctrl-C too. */
export async function onPlace<T>({ config, io, existing, quiet }: PlaceRequest, work: (place: OpenPlace) => Promise<T>): Promise<T> {
  if (config.eventStore !== undefined) throw new UsageError('EVENTSTORE_URL is set: that log is backed up by the means of its server (docs/guides/operate.md), or moved by migrate-log');
  const { dataFolder, log, databaseUrl, databaseOwnerUrl } = config;
  // Who listens has time to leave the database as it was found.
  const heard = (): void => undefined;
  io.signal.addEventListener('abort', heard);
  const place = await openPlace(
    { dataDir: dataFolder, log, ...(databaseUrl === undefined ? {} : { databaseUrl }), ...(databaseOwnerUrl === undefined ? {} : { databaseOwnerUrl }) },
    { existing, signal: io.signal, say: (line) => (quiet ? undefined : io.err(`assay: ${line}\n`)) },
  );
  try {
    io.signal.throwIfAborted();
    return await work(place);
  } finally {
    await place.close();
    io.signal.removeEventListener('abort', heard);
  }
}

const EXIT_CODES: Readonly<Record<BackupErrorCode, ExitCode>> = { BackupDamaged: 1, BackupForeign: 2, FileExists: 2, FileUnwritable: 3, LogEmpty: 2, LogNotEmpty: 2, LogInUse: 3 };

/** What the work comes to; or, where it was refused, the exit code, once the reason is said. */
export async function backupRefusals<T extends object>(io: Pick<Io, 'err'>, work: () => Promise<T>): Promise<T | ExitCode> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!isRefusal(code)) throw error;
    io.err(`assay: ${error instanceof Error ? error.message : code}\n`);
    return EXIT_CODES[code];
  }
}

const isRefusal = (code: string): code is BackupErrorCode => Object.hasOwn(EXIT_CODES, code);

/** What a back-up holds, for people. */
export function describeBackup({ log, logId, events, lastPosition, lastRecordedAt, takenAt, assayVersion }: BackupHeader): string {
  const at = (time: number): string => new Date(time).toISOString();
  return `log ${log} (${logId}), ${String(events)} event${events === 1 ? '' : 's'}, positions 0 to ${String(lastPosition)}, the last of ${at(lastRecordedAt)}; taken ${at(takenAt)} by Assay ${assayVersion}.`;
}
