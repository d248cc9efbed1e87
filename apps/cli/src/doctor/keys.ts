import { join, resolve } from 'node:path';
import { inspectLocalKeys, type KeyProblem } from '@assay/event-log';
import { fault, ok, type Finding } from './finding.js';

/** Whether every key of the log is here, opens, and is for its owner alone. */
export async function checkKeys(dataFolder: string, logId: string): Promise<readonly Finding[]> {
  const { folder, holders, problems } = await inspectLocalKeys(join(resolve(dataFolder), 'keys'), logId);
  if (problems.length === 0) return [ok('keys', `${String(holders)} in ${folder}, for their owner alone; no back-up of the log holds them`)];
  return KINDS.flatMap((kind) => {
    const same = problems.filter((problem) => problem.kind === kind);
    const [first] = same;
    return first === undefined ? [] : [findingOf(first, same.length)];
  });
}

const KINDS: readonly KeyProblem['kind'][] = ['MISSING', 'UNUSABLE', 'LOST', 'UNREADABLE', 'EXPOSED'];
const BRING_BACK = 'bring master.key and the folder of this log back from where you keep its keys';

function findingOf(problem: KeyProblem, paths: number): Finding {
  const { path } = problem;
  const more = paths > 1 ? ` and ${String(paths - 1)} more` : '';
  switch (problem.kind) {
    case 'MISSING':
      return fault('keys', 'KEYS_MISSING', { found: `${path}${more} is not there: names and comments cannot be read, and the log is not served`, remedy: BRING_BACK });
    case 'UNUSABLE':
      return fault('keys', 'KEYS_UNUSABLE', { found: `${path} is damaged or of another log`, remedy: BRING_BACK });
    case 'LOST':
      return fault('keys', 'KEYS_LOST', { found: `${String(problem.keys)} keys that were made are gone from ${path}: what was sealed with them cannot be read`, remedy: 'bring the missing files back from where you keep the keys of this log' });
    case 'UNREADABLE':
      return fault('keys', 'KEYS_UNREADABLE', { found: `${String(problem.keys)} keys in ${path} are damaged or were wrapped by another master.key`, remedy: BRING_BACK });
    case 'EXPOSED':
      return fault('keys', 'KEYS_EXPOSED', { found: `${path}${more} can be read by others (mode ${problem.mode.toString(8)})`, remedy: 'chmod -R go-rwx the folder keys; find out who could have read them' });
  }
}
