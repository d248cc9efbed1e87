import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { markDemo, serveModeOf, type ServeMode } from '@assay/graphql';
import { demandFolder } from './data-folder.js';

/** Name of the log that `npm start` opens by itself. */
export const FIRST_LOG = 'main';
/** What else decides on the mode of a start. */
export interface ModeOptions {
  /** The log is on a PostgreSQL server: nobody's data folder says whether it was begun there. */
  readonly server: boolean;
  /** `--demo`: the log `main` is to be begun as a demo, wherever it is. */
  readonly demo: boolean;
}

/**
 * The mode of a log at its start (`api.md`, Access and modes): `npm start` on a folder without a log opens `main` as a
 * demo; anything else is what its mark says. On a server that has to be asked for, and `openServedLog` sees to it that a
 * log which was begun otherwise is not shown by a local key.
 */
export function modeAtStart(dataFolder: string, log: string, { server, demo }: ModeOptions): ServeMode {
  demandFolder(dataFolder);
  if (log !== FIRST_LOG) return serveModeOf(dataFolder, log);
  const untouched = !server && !existsSync(join(dataFolder, 'keys'));
  if (untouched) markDemo(dataFolder, log);
  return demo ? 'demo' : serveModeOf(dataFolder, log);
}
