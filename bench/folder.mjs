// Where a measurement keeps its data: a folder of its own on a disk.
import { chmodSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY_FILE_SYSTEMS = [0x01021994, 0x858458f6];

/** An empty folder that whoever asked for it removes. Refused where it would lie in memory. */
export function temporaryFolder() {
  if (MEMORY_FILE_SYSTEMS.includes(statfsSync(tmpdir()).type)) throw new Error(`${tmpdir()} lies in memory, where fsync costs nothing: set TMPDIR to a folder on a disk`);
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  // As root, the server runs as another user, who has to enter.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  return folder;
}
