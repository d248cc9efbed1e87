import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deal } from './deals.js';

const RUN_DEALS_MAX = 50_000;

const byCloseDateThenLine = (a: Deal, b: Deal): number => (a.closedOn < b.closedOn ? -1 : a.closedOn > b.closedOn ? 1 : a.line - b.line);

/**
 * Deals in order of (close date, line), sorted in runs on disk and merged, so that memory holds one run whatever the
 * export's size. `dispose` removes the runs.
 */
export class DealOrder {
  private run: Deal[] = [];
  private readonly files: string[] = [];
  private folder: string | null = null;

  constructor(private readonly runDealsMax = RUN_DEALS_MAX) {}

  async add(deal: Deal): Promise<void> {
    this.run.push(deal);
    if (this.run.length >= this.runDealsMax) await this.spill();
  }

  async *inOrder(): AsyncGenerator<Deal> {
    this.run.sort(byCloseDateThenLine);
    const runs: Run[] = [...this.files.map(readRun), this.run[Symbol.iterator]()];
    let heads = await Promise.all(runs.map(async (run) => ({ run, deal: await nextOf(run) })));
    for (;;) {
      const waiting = heads.flatMap(({ run, deal }) => (deal === null ? [] : [{ run, deal }]));
      const first = waiting.sort((a, b) => byCloseDateThenLine(a.deal, b.deal))[0];
      if (first === undefined) return;
      yield first.deal;
      heads = [...waiting.slice(1), { run: first.run, deal: await nextOf(first.run) }];
    }
  }

  async dispose(): Promise<void> {
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
    this.folder = null;
  }

  private async spill(): Promise<void> {
    this.folder ??= await mkdtemp(join(tmpdir(), 'assay-import-'));
    const file = join(this.folder, `run-${String(this.files.length)}.jsonl`);
    this.run.sort(byCloseDateThenLine);
    await appendFile(file, this.run.map((deal) => `${JSON.stringify(deal)}\n`).join(''));
    this.files.push(file);
    this.run = [];
  }
}

type Run = AsyncIterator<Deal> | Iterator<Deal>;

async function nextOf(run: Run): Promise<Deal | null> {
  const next = await run.next();
  return next.done === true ? null : next.value;
}

async function* readRun(file: string): AsyncGenerator<Deal> {
  // Our own lines, written above in this very process: their shape is known.
  for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line) as Deal;
}
