import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';

/** More than a first start demands, and of memory only what is written counts. */
const SIZE_BYTES = 1200 * 2 ** 20;

/** A disk of its own that a test can fill and empty: its size is changed while it is in use, so what is full is full for all. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** The disk, or why this environment can have none: it takes the right to mount. */
  static open(): SmallDisk | string {
    const folder = mkdtempSync(join(tmpdir(), 'assay-disk-'));
    const ids = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0}`;
    try {
      asRoot('mount', '-t', 'tmpfs', '-o', `size=${SIZE_BYTES},mode=0711,${ids}`, 'assay-test', folder);
      return new SmallDisk(folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      return `no file system can be mounted here (${isNativeError(error) ? (error.message.split('\n')[1] ?? error.message) : String(error)})`;
    }
  }

  /** Takes away what is free, but for so many bytes. */
  leave(bytes: number): void {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    this.resize((blocks - bfree) * bsize + bytes);
  }

  makeRoom(): void {
    this.resize(SIZE_BYTES);
  }

  /** A folder on it. */
  within(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { mode: 0o711 });
    return path;
  }

  readOnly(is: boolean): void {
    asRoot('mount', '-o', `remount,${is ? 'ro' : 'rw'}`, this.folder);
  }

  close(): void {
    asRoot('umount', '--lazy', this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private resize(bytes: number): void {
    asRoot('mount', '-o', `remount,size=${Math.max(bytes, 4096)}`, this.folder);
  }
}

/** As root, or as one who may become root without being asked for a password: runners of continuous integration may. */
function asRoot(command: string, ...args: readonly string[]): void {
  const isRoot = process.getuid?.() === 0;
  execFileSync(isRoot ? command : 'sudo', isRoot ? args : ['-n', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}
