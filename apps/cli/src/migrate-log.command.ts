import { UsageError, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help } from './define-command.js';
import { closeSource } from './migrate/close-source.js';
import { migrationOf, type Migration } from './migrate/migration.js';
import { copyLog, refusalsOf } from './migrate/copy-log.js';
import { reopenTarget } from './migrate/reopen-target.js';
import type { MovedLog } from '@assay/event-log';

const HELP: Help = {
  usage: ['migrate-log --to eventstore [--log <name>] [--yes]', 'migrate-log --to postgres [--log <name>] [--yes]'],
  about: `Moves a log from PostgreSQL to the event store that EVENTSTORE_URL names, or back: its id, positions, event ids, bytes and
times stay, and so do cursors, proofs, views and keys. Database and data folder are those of the log, before and after: the
log in PostgreSQL and the order index of an event store stand in one database, side by side.

The log is closed first, by a last event, as the administrator of ASSAY_TOKEN: from then on every command is refused with
LOG_CLOSED, while reading goes on. Then it is copied in its order, and both are read side by side. Only then the log is
reopened at its new place; at the old one it stays closed. Interrupted, the same line goes on where it ended. A log that
comes back to where it once was adds only what is new. Nothing may serve the log at its new place before it is done.`,
  options: {
    '--to ENGINE': 'eventstore or postgres',
    '--log NAME': 'the log; ASSAY_LOG or main where left out',
    '--yes': 'closes the log without asking',
  },
  examples: [
    'migrate-log --to eventstore --log main      # with EVENTSTORE_URL and ASSAY_TOKEN set',
    'migrate-log --to postgres --yes --json',
  ],
  exit: {
    1: 'read back, the two are not the same, and the first position that differs is said; or you did not say yes',
    2: 'usage or configuration; or the log cannot be moved, or not there, and why is said',
    3: 'database or event store is not available, or another process is moving the log',
  },
};

/** `assay migrate-log` (ADR 0015). */
export const runMigrateLog: RunCommand = defineCommand({
  name: 'migrate-log',
  help: HELP,
  options: { to: { type: 'string' }, log: { type: 'string' }, yes: { type: 'boolean' } },
  run: async ({ values, positionals, io }) => {
    if (positionals.length > 0) throw new UsageError('migrate-log takes options only; see migrate-log --help');
    const migration = migrationOf(cliConfig(values.log), values.to);
    const request = { migration, io, quiet: values.quiet === true, yes: values.yes === true };
    const moved = await refusalsOf(io, async () => {
      const closed = await closeSource(request);
      if (closed === null) return 1;
      const copied = await copyLog(request);
      await reopenTarget(request, closed);
      return copied;
    });
    if (typeof moved === 'number') return moved;
    await io.out(values.json === true ? `${JSON.stringify({ log: migration.config.log, to: migration.to, ...moved, verified: true })}\n` : told(moved, migration));
    if (!request.quiet) io.err(`assay: ${migration.next}\n`);
    return 0;
  },
});

const told = ({ logId, events, copied, lastPosition, sha256 }: MovedLog, { config, words }: Migration): string =>
  `Log ${config.log} (${logId}) is in ${words.to}: ${String(events)} events, positions 0 to ${String(lastPosition)}, ${String(copied)} of them copied now.
SHA-256 ${sha256}, over every event, read back from both.
`;
