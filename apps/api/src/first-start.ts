import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_ISSUER, markDemo, serveModeOf, type ServeMode } from '@assay/graphql';
import { openLog, type Runtime } from '@assay/runtime';
import { demandFolder } from './data-folder.js';

/** Name of the log that `npm start` opens by itself. */
export const FIRST_LOG = 'main';
/** Subject of the first administrator of a demo, as its tokens name them. */
export const DEMO_ADMIN = 'admin';

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

/** The demo's first event: a company on this machine's clock and in its time zone, with an administrator to begin with. */
export async function openDemo(runtime: Runtime): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  await openLog(runtime, { name: 'Demo', timeZone, businessYearFirstMonth: 1, admin: { issuer: DEMO_ISSUER, subject: DEMO_ADMIN } });
}
