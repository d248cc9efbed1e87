import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A change to one file of the build: what stands there, and what stands there in the other release. */
export interface Patch {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** The build as another release: a copy of `dist`, changed, in a folder of its own that finds the same packages. */
export class Release {
  private readonly folder = mkdtempSync(join(tmpdir(), 'assay-release-'));

  constructor(patches: readonly Patch[]) {
    cpSync('dist', join(this.folder, 'dist'), { recursive: true });
    cpSync('package.json', join(this.folder, 'package.json'));
    symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules'));
    for (const patch of patches) this.apply(patch);
  }

  /** Its server. */
  get server(): string {
    return join(this.folder, 'dist', 'apps', 'api', 'src', 'main.js');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private apply({ file, from, to }: Patch): void {
    const path = join(this.folder, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has nothing like ${String(from)}`);
    writeFileSync(path, changed);
  }
}
