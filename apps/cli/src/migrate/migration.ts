import type { MoveDirection } from '@assay/event-log';
import type { EventStorePlace } from '@assay/runtime';
import { UsageError, type Io } from '../command.js';
import type { CliConfig } from '../config.js';

/** A move as the command line names it: which log, where it is now and where it will be. */
export interface Migration {
  readonly to: 'eventstore' | 'postgres';
  readonly config: CliConfig;
  readonly eventStore: EventStorePlace;
  /** The settings by which the log is served before and afterwards. */
  readonly source: CliConfig;
  readonly target: CliConfig;
  readonly words: { readonly from: string; readonly to: string };
  /** What the operator does next. */
  readonly next: string;
}

/** The direction as the log's own move names it. */
export const directionOf = ({ to }: Pick<Migration, 'to'>): MoveDirection => (to === 'eventstore' ? 'EVENTSTORE' : 'POSTGRES');

/** What each step of a migration is given. */
export interface MigrationRequest {
  readonly migration: Migration;
  readonly io: Io;
  readonly quiet: boolean;
  readonly yes: boolean;
}

/** The migration that settings and line name; `UsageError` where they name none. */
export function migrationOf(config: CliConfig, to: string | undefined): Migration {
  if (to !== 'eventstore' && to !== 'postgres') throw new UsageError('migrate-log needs --to eventstore or --to postgres; see migrate-log --help');
  const { eventStore, ...postgres } = config;
  if (eventStore === undefined) throw new UsageError('EVENTSTORE_URL says which event store the log is moved to or from; set it to an address esdb://user:password@host:port?tls=true');
  const names = { from: 'PostgreSQL', to: 'EventStoreDB' };
  if (to === 'eventstore') return { to, config, eventStore, source: postgres, target: config, words: names, next: 'serve the log with EVENTSTORE_URL set from now on; what PostgreSQL holds of it stays there, closed' };
  return { to, config, eventStore, source: config, target: postgres, words: { from: names.to, to: names.from }, next: 'serve the log without EVENTSTORE_URL from now on; what the event store holds of it stays there, closed' };
}
