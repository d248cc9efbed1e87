import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDouble } from '../eventstoredb/double.js';

/** Those that need no package beside the product's own; starts are looked at by specs of their own. */
const BENCHES = ['engine', 'rebuild', 'asof', 'fresh', 'list', 'score'];
const BARS = [
  'Adapter on EventStoreDB to its bare client, appending',
  'Adapter on EventStoreDB to its bare client, catching up',
  'Rebuild without scoring, bare reading by it',
  'Rebuild with scoring, bare reading and score() by it',
  'Score as of a moment to bare reading and one score()',
  'Committed to visible in GraphQL, idle, p99',
  'Committed to visible in GraphQL at 5 commands a second, p99',
  'GraphQL list of 2 rows to a bare Fastify route',
];

const literal = (text: string): string => text.replaceAll(/[()]/g, '\\$&');

let folder: string;
let double: EventStoreDouble;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-bench-smoke-'));
  double = await EventStoreDouble.start();
});
afterAll(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the measurements', () => {
  it('all run to their end, say whether each bar is met, and write their page', async () => {
    const page = join(folder, 'benchmarks.md');
    const child = spawn(process.execPath, ['bench/all.mjs', '--tiny', '--only', BENCHES.join(','), '--page', page], { env: { ...process.env, EVENTSTORE_URL: double.url }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    // All that was said: which of them did not end is in it.
    if (code !== 0) throw new Error(said);
    expect(said).toContain('=== Bars');
    const written = await readFile(page, 'utf8');
    for (const bar of BARS) {
      expect(said).toMatch(new RegExp(`^(MET|NOT MET) +${literal(bar)}: `, 'm'));
      expect(written).toContain(`| ${bar} |`);
    }
  }, 600_000);
});
