import { isReadModelError, type ReadModels, type View } from '@assay/read-models';

/** Waits until the views show a position, as often as it is told to ask again. */
export async function reach(readModels: Pick<ReadModels, 'atLeast'>, views: readonly View[], position: number): Promise<void> {
  for (;;) {
    try {
      await readModels.atLeast(views, position);
      return;
    } catch (error) {
      if (!isReadModelError(error, 'NOT_YET_VISIBLE')) throw error;
    }
  }
}
