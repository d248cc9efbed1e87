import type { Day, Progress } from '@assay/domain';
import type { ReadModels } from '../read-models.js';
import type { AsOf } from '../replay/list-as-of.js';
import { companyView } from './company.projector.js';
import { progressView, targetView } from './target.projector.js';

/** Targets whose progress is asked for, by key (stream), on which day, and at which moment of the log (absent live). */
export interface ProgressQuestion {
  readonly keys: readonly string[];
  readonly day: Day;
  readonly asOf?: AsOf;
}

/**
 * Rows of the progress board as of a day, by target key (`domain.md`, Targets; §1.3): attainment to that day beside the
 * elapsed share of working days under the company's calendar. Live from the states of the projection, for a moment by
 * replay; pages and access are those of `targetView`, whose keys these are.
 */
export async function loadProgress(
  readModels: Pick<ReadModels, 'byKeys' | 'derive' | 'moment'>,
  { keys, day, asOf }: ProgressQuestion,
): Promise<ReadonlyMap<string, Progress>> {
  const company = asOf
    ? await readModels.moment(companyView, asOf).doc('company')
    : (await readModels.byKeys(companyView, ['company'], 'ALL'))[0]?.doc;
  const board = progressView({ day, calendars: company?.calendars ?? [] });
  if (!asOf) return readModels.derive(targetView, board, keys);
  const moment = readModels.moment(board, asOf);
  const rows = await Promise.all(keys.map(async (key) => [key, await moment.doc(key)] as const));
  return new Map(rows.flatMap(([key, row]) => (row === null ? [] : [[key, row]])));
}
