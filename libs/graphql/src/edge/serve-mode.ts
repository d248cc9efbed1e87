import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a log is served. */
export type ServeMode = 'demo' | 'production';

/** The file that marks a log of a data folder as demo. */
export const demoMarkOf = (dataFolder: string, log: string): string => join(dataFolder, `${log}.demo`);

/**
 * How a log is served (`api.md`, Access and modes): as a demo where its data folder has the mark `<log>.demo`, otherwise
 * in production mode. A property of serving alone; no command asks for it.
 */
export const serveModeOf = (dataFolder: string, log: string): ServeMode => (existsSync(demoMarkOf(dataFolder, log)) ? 'demo' : 'production');

/** Marks the log as demo: done by `npm start` and by an import's replay for the log that they open, and by nobody else. */
export function markDemo(dataFolder: string, log: string): void {
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(demoMarkOf(dataFolder, log), 'This log is served as a demo: on loopback, with a local key.\n', { mode: 0o644 });
}
