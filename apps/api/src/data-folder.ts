import { accessSync, constants, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ServeError } from './serve.js';

/** Makes the data folder where it is missing; one that cannot be written to is a `ServeError`. */
export function demandFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    // What file operations throw.
    const { code: why = '' } = error as NodeJS.ErrnoException;
    throw new ServeError(`${resolve(folder)} cannot be written to (${why}); start it as the folder's owner, or choose another folder with ASSAY_DATA`);
  }
}
