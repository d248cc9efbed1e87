import { statfsSync } from 'node:fs';

/**
 * What is kept free for what the server has to write by itself: a segment of its own log is 16 MiB, and it ends where it cannot have one.
 */
const KEPT_FREE_BYTES = 64 * 2 ** 20;
const LOOK_EACH_MS = 100;

/**
 * Whether there is room to write where the embedded server keeps its data. Asked before each append, so it looks at the
 * disk at most ten times a second; where the disk cannot be looked at, the server itself has to say.
 */
export function roomIn(folder: string): () => boolean {
  let lookedAt = -Infinity;
  let hasRoom = true;
  return () => {
    const now = performance.now();
    if (now - lookedAt >= LOOK_EACH_MS) {
      lookedAt = now;
      hasRoom = freeBytes(folder) >= KEPT_FREE_BYTES;
    }
    return hasRoom;
  };
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
