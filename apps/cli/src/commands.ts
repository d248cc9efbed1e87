import type { RunCommand } from './command.js';

/** The summary stands here, so that `--help` loads no command. */
export interface Entry {
  readonly summary: string;
  readonly load: () => Promise<RunCommand>;
}
export type CommandTable = Readonly<Record<string, Entry>>;

/**
 * Every command, loaded only when it is called: `score` must start in the blink of an eye and without a database.
 * A new one is a file `<name>.command.ts` that exports a `RunCommand`, and an entry here.
 */
export const COMMANDS: CommandTable = {
  open: {
    summary: 'Open a log on the real clock, with its company and first administrator',
    load: async () => (await import('./open.command.js')).runOpen,
  },
  token: {
    summary: 'A token of a demo log, for 12 hours',
    load: async () => (await import('./token.command.js')).runToken,
  },
  import: {
    summary: 'Import the export of a CRM, or replay it into a log of its own',
    load: async () => (await import('./import.command.js')).runImport,
  },
  seed: {
    summary: 'Write a made-up export of a CRM to try the import with',
    load: async () => (await import('./seed.command.js')).runSeed,
  },
  backup: {
    summary: 'Copy a log into one file, while it is served',
    load: async () => (await import('./backup.command.js')).runBackup,
  },
  restore: {
    summary: 'Fill an empty log from a back-up, or verify one',
    load: async () => (await import('./restore.command.js')).runRestore,
  },
  'migrate-log': {
    summary: 'Move a log between PostgreSQL and EventStoreDB, and verify it',
    load: async () => (await import('./migrate-log.command.js')).runMigrateLog,
  },
  reset: {
    summary: 'Take a demo log away, so that the next start loads it anew',
    load: async () => (await import('./reset.command.js')).runReset,
  },
  doctor: {
    summary: 'Say what is wrong with settings, machine, database and log, and what to do',
    load: async () => (await import('./doctor.command.js')).runDoctor,
  },
  score: {
    summary: 'Compute scores and composites from JSON or JSON Lines, without a database',
    load: async () => (await import('./score.command.js')).runScore,
  },
  explain: {
    summary: 'Why a score is what it is, down to single events',
    load: async () => (await import('./explain.command.js')).runExplain,
  },
  export: {
    summary: 'Write the log’s events as JSON Lines, every position of a range',
    load: async () => (await import('./export.command.js')).runExport,
  },
  rebuild: {
    summary: 'Fold views anew beside those that serve, and compare or replace them',
    load: async () => (await import('./rebuild.command.js')).runRebuild,
  },
  projections: {
    summary: 'List, drop and unpark what is kept for queries',
    load: async () => (await import('./projections.command.js')).runProjections,
  },
};
