import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedLook } from '@assay/event-log';
import { serveModeOf, type ServeMode } from '@assay/graphql';
import type { Environment } from '@assay/runtime';
import { readConfig, type Config } from '../../../api/src/config.js';
import { FIRST_LOG } from '../../../api/src/first-start.js';
import type { CliConfig } from '../config.js';
import { checkDatabase, lookIfEmbedded, type Looking } from './database.js';
import { misconfigured, ok, warning, type Finding } from './finding.js';
import { checkDisk, checkFolder, checkNode, checkSocket } from './machine.js';
import { checkPorts } from './ports.js';

/** What the doctor looks at, apart from what the settings name. */
export interface Patient extends Omit<Looking, 'config'> {
  readonly environment: Environment;
  readonly log: string | undefined;
  /** Where the log is, as far as the settings say; null where they do not. */
  readonly place: CliConfig | null;
  readonly node: { readonly version: string; readonly needed: string };
  /** Bytes free below which the disk counts as low. */
  readonly roomToBegin: number;
}

/** Looks at everything that a server of this log needs. Nothing is changed; an embedded database that does not run is started and stopped. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const { node, place } = patient;
  const { config, findings } = checkConfig(patient);
  const first = [checkNode(node.version, node.needed), ...findings];
  if (place === null) return first;
  const look = await lookIfEmbedded(place);
  const machine = await checkMachine(patient, place, look);
  const ports = config === null ? [] : await checkPorts(config);
  const room = !machine.some(({ code }) => code === 'DISK_FULL');
  const database = await checkDatabase({ ...patient, config: place }, look, room);
  return [...first, ...machine, ...ports, ...database];
}

async function checkMachine({ roomToBegin }: Patient, { dataFolder }: CliConfig, look: EmbeddedLook | null): Promise<readonly Finding[]> {
  const home = look?.home ?? dataFolder;
  return [await checkFolder(dataFolder), ...(await checkDisk(home, roomToBegin)), ...(look === null ? [] : [checkSocket(look)])];
}

function checkConfig({ environment, log }: Patient): { readonly config: Config | null; readonly findings: readonly Finding[] } {
  try {
    const config = readConfig({ environment, log, modeOf: modeToBe });
    const strangers = config.warnings.map((found) => warning('config', 'SETTING_UNKNOWN', { found, remedy: 'correct its name, or unset it' }));
    return { config, findings: [ok('config', `complete, for ${config.mode === 'demo' ? 'a demo on this machine alone' : 'production'}`), ...strangers] };
  } catch (error) {
    const problems = error instanceof Error && 'problems' in error && Array.isArray(error.problems) ? error.problems.map(String) : null;
    if (problems === null) throw error;
    return { config: null, findings: problems.map((found) => misconfigured('SETTING_WRONG', { found, remedy: 'correct it where the server is started; docs/reference/config.md lists every setting' })) };
  }
}

/** How the next start would serve the log; unlike that start, nothing is marked. A server's log is no demo unless one is asked for. */
const modeToBe = (dataFolder: string, log: string, { server }: { readonly server: boolean }): ServeMode => (log === FIRST_LOG && !server && !existsSync(join(dataFolder, 'keys')) ? 'demo' : serveModeOf(dataFolder, log));
