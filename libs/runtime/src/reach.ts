import { setTimeout as delay } from 'node:timers/promises';
import { allViews, isReadModelError, ReadModelError, type ReadModels } from '@assay/read-models';

const BUILDING_POLL_MS = 50;

/**
 * Resolves when every view shows the position, however long that takes, views that are still being built included. Throws
 * `PROJECTION_STOPPED` where one of them stopped in this process, and would never get there.
 */
export async function reach(readModels: Pick<ReadModels, 'atLeast' | 'metrics'>, position: number): Promise<void> {
  for (let shown = -1; shown < position; ) {
    try {
      shown = await readModels.atLeast(allViews, position);
    } catch (error) {
      if (!isReadModelError(error, 'NOT_YET_VISIBLE') && !isReadModelError(error, 'PROJECTION_BUILDING')) throw error;
      await demandRunning(readModels);
      // A view that is being built is refused at once; asking in a circle would only slow it down.
      if (error.code === 'PROJECTION_BUILDING') await delay(BUILDING_POLL_MS);
    }
  }
}

async function demandRunning(readModels: Pick<ReadModels, 'metrics'>): Promise<void> {
  const stopped = (await readModels.metrics()).find((one) => one.stopped !== null);
  if (stopped !== undefined) throw new ReadModelError('PROJECTION_STOPPED', `the projection ${stopped.name} stopped: ${String(stopped.stopped)}`, { view: stopped.name });
}
