import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { markDemo, serveModeOf, type ServeMode } from '@assay/graphql';
import { demandFolder } from './data-folder.js';

/** Name of the log that `npm start` opens by itself. */
export const FIRST_LOG = 'main';
/**
 * The mode of a log at its start (`api.md`, Access and modes): `npm start` on a folder without a log opens `main` as a
 * demo; anything else is what its mark says.
 */
export function modeAtStart(dataFolder: string, log: string): ServeMode {
  demandFolder(dataFolder);
  const untouched = log === FIRST_LOG && !existsSync(join(dataFolder, 'keys'));
  if (untouched) markDemo(dataFolder, log);
  return serveModeOf(dataFolder, log);
}
