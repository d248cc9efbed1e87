import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryLog } from '@assay/event-log';
import { seed, until } from '../../../../test/conformance/projection-cases.js';
import { plainView, sheetView, type Sheet } from '../../../../test/conformance/projection-fixture.js';
import { modelsOf, openHarness, type ProjectionHarness } from '../../../../test/conformance/projection-harness.js';
import { isReadModelError } from '../errors.js';
import type { ReadModels } from '../read-models.js';
import type { ResumeFrom } from './change-feed.js';
import type { Change } from './changed-items.js';

const view = sheetView();
let harness: ProjectionHarness;
let models: ReadModels;
beforeEach(async () => {
  harness = await openHarness(() => Promise.resolve(new MemoryLog({ clock: Date.now })));
  models = modelsOf(harness, [view]);
  await models.start();
});
afterEach(async () => {
  await models.stop();
  await harness.close();
});

const addLine = (sheet: string, amount = 1): Promise<number> =>
  harness.append(sheet, [{ type: 'LineAdded', data: { amount } }]);

/** Reads on in the background; `heard` grows as changes come. */
function listen(options: Parameters<ReadModels['changes']>[1] = {}): {
  readonly heard: (Change<Sheet> | ResumeFrom)[];
  readonly ended: Promise<void>;
} {
  const heard: (Change<Sheet> | ResumeFrom)[] = [];
  const ended = (async () => {
    for await (const change of models.changes(view, options)) heard.push(change);
  })();
  return { heard, ended };
}
const positions = (heard: readonly (Change<Sheet> | ResumeFrom)[]): readonly (number | string)[] =>
  heard.map((one) => ('resumeFrom' in one ? `resume ${one.resumeFrom}` : one.position));

describe('changes of a view', () => {
  it('come once each, in order, replayed after a position and then live without a seam', async () => {
    const seeded = await seed(harness);
    const readers = [];
    let last = seeded;
    for (let line = 0; line < 60; line += 1) {
      last = await addLine(line % 2 === 0 ? 'sheet-1' : 'sheet-2');
      if (line % 6 === 0) {
        await models.atLeast([view], last);
        readers.push({ after: line, ...listen({ after: line }) });
      }
    }
    await models.atLeast([view], last);
    for (const { after, heard } of readers) {
      await until(() => positions(heard).at(-1) === last);
      expect(positions(heard)).toEqual(Array.from({ length: last - after }, (_, index) => after + 1 + index));
    }
  });

  it('carry the documents an event touches, with the access of each', async () => {
    const seeded = await seed(harness);
    await models.atLeast([view], seeded);
    const { heard } = listen({ after: seeded });
    const paid = await harness.append('worker-1', [
      { type: 'WorkerPaid', data: { amount: 5 } },
      { type: 'WorkerGreeted' },
    ]);
    await models.atLeast([view], paid);
    await until(() => heard.length > 0);
    const [change] = heard;
    if (!change || 'resumeFrom' in change) throw new Error('a change was expected');
    expect(
      change.items.map(({ key, doc, access, isStale }) => [key, doc?.pay, access.owner, access.evaluators, isStale]),
    ).toEqual([['sheet-1', 12, 'ann', ['worker-1'], false]]);
    // WorkerGreeted touches no sheet: the view says so, and nobody is told.
    expect(positions(heard)).toEqual([paid - 1]);
  });

  it('end with the position to resume after where a reader falls behind, and go on from there', async () => {
    const seeded = await seed(harness);
    await models.atLeast([view], seeded);
    const slow = models.changes(view, { after: seeded });
    const firstLine = addLine('sheet-1');
    const first = await slow.next();
    expect(first.value).toMatchObject({ position: await firstLine });
    let last = -1;
    for (let batch = 0; batch < 3; batch += 1)
      last = await harness.append(
        'sheet-2',
        Array.from({ length: 400 }, () => ({ type: 'LineAdded', data: { amount: 1 } })),
      );
    await models.atLeast([view], last);
    await until(() => models.feedPosition(view) === last);
    const rest: (Change<Sheet> | ResumeFrom)[] = [];
    for (let next = await slow.next(); !next.done; next = await slow.next()) rest.push(next.value);
    const marker = rest.at(-1);
    if (!marker || !('resumeFrom' in marker)) throw new Error('the reader fell behind');
    const resumed = listen({ after: marker.resumeFrom });
    await until(() => positions(resumed.heard).at(-1) === last);
    const all = [...positions(rest.slice(0, -1)), ...positions(resumed.heard)];
    expect(all).toEqual(Array.from({ length: last - (await firstLine) }, (_, index) => seeded + 2 + index));
  });

  it('are replayed 10,000 events at a time: whoever resumes where the last one ended gets to the head', async () => {
    await harness.append('sheet-1', [{ type: 'SheetOpened', data: { owner: 'ann' } }]);
    let last = -1;
    for (let batch = 0; batch < 11; batch += 1)
      last = await harness.append(
        'sheet-1',
        Array.from({ length: 1000 }, () => ({ type: 'LineAdded', data: { amount: 1 } })),
      );
    await models.atLeast([view], last);
    const { heard, ended } = listen({ after: 5 });
    await ended;
    expect(positions(heard)).toEqual([...Array.from({ length: 10_000 }, (_, index) => 6 + index), 'resume 10005']);
    const rest = listen({ after: 10_005 });
    await until(() => positions(rest.heard).at(-1) === last);
    expect(positions(rest.heard)).toEqual(Array.from({ length: last - 10_005 }, (_, index) => 10_006 + index));
  });

  it('go on where the tables could not be reached for a while', async () => {
    const seeded = await seed(harness);
    await models.atLeast([view], seeded);
    // One that leads nothing, as a process that serves.
    const serving = modelsOf(harness, [view]);
    const heard: (number | string)[] = [];
    const listening = (async () => {
      for await (const change of serving.changes(view, { after: seeded })) heard.push(...positions([change]));
    })();
    await until(() => serving.feedPosition(view) === seeded);
    const holder = await harness.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE read_model.projection IN ACCESS EXCLUSIVE MODE');
    await until(() => harness.cutWaiting('SELECT name, version, position, live%').then((cut) => cut > 0));
    await holder.query('ROLLBACK');
    holder.release();
    const last = await addLine('sheet-1');
    await until(() => heard.at(-1) === last);
    await serving.stop();
    await listening;
    expect(heard).toEqual([last]);
  });

  it('end when the reader leaves and when the process stops', async () => {
    const leaving = new AbortController();
    const one = listen({ after: -1, signal: leaving.signal });
    const other = listen({ after: -1 });
    const seeded = await seed(harness);
    await until(() => [one, other].every(({ heard }) => positions(heard).at(-1) === seeded));
    leaving.abort();
    await one.ended;
    await models.stop();
    await other.ended;
  });
});

describe('waiting for a position', () => {
  it('answers for all views at once, by the least of them', async () => {
    const both = [view, plainView()];
    const more = modelsOf(harness, both);
    await more.start();
    const last = await seed(harness);
    const answers = await Promise.all(Array.from({ length: 200 }, () => more.atLeast(both, last)));
    expect(new Set(answers)).toEqual(new Set([last]));
    expect(await more.position(both)).toBe(last);
    await more.stop();
  });

  it('refuses a position that the log does not have', async () => {
    const last = await seed(harness);
    await expect(models.atLeast([view], last + 1)).rejects.toMatchObject({ code: 'POSITION_AHEAD', retryable: false });
  });

  it('gives up in time where nothing moves, and refuses more than its bound of waiters', async () => {
    await models.stop();
    const last = await seed(harness);
    const idle = modelsOf(harness, [view], { freshness: { waitersMax: 2, waitMsMax: 500 } });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => idle.atLeast([view], last)));
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' && isReadModelError(outcome.reason) ? outcome.reason.code : 'shown',
    );
    expect(codes.sort((a, b) => (a < b ? -1 : 1))).toEqual(['NOT_YET_VISIBLE', 'NOT_YET_VISIBLE', 'OVERLOADED']);
  });
});
