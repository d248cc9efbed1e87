import { describe, expect, it } from '@jest/globals';
import { definitionHashes, metricView, ReadModels, readModelsFinder } from '@assay/read-models';
import pg from 'pg';
import { memoryTestLog } from '../conformance/projection-log.js';

describe('read models whose database is away', () => {
  const pool = new pg.Pool({ host: '/nowhere' });
  const readModels = new ReadModels({ pool, source: memoryTestLog().source, views: [metricView], hashes: definitionHashes });
  const unavailable = { code: 'Unavailable', retryable: true };

  it.each([
    ['position', () => readModels.position([metricView])],
    ['atLeast', () => readModels.atLeast([metricView], 0)],
    ['all', () => readModels.all(metricView, { visibility: 'ALL' })],
    ['byKeys', () => readModels.byKeys(metricView, ['metric-a'], 'ALL')],
    ['page', () => readModels.page(metricView, { visibility: 'ALL' })],
    ['parked', () => readModels.parked(metricView)],
    ['derive', () => readModels.derive(metricView, metricView, ['metric-a'])],
    ['a finder', () => readModelsFinder(readModels).metricInUse('a', 0)],
  ])('say so, to be asked again: %s', async (_name, ask) => {
    await expect(ask()).rejects.toMatchObject(unavailable);
  });
});
