import { createHash } from 'node:crypto';
import type { Principal } from '@assay/domain';
import { exportEvents, type EventRange, type FeaturePorts, type LogSource } from '@assay/graphql';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help } from './define-command.js';
import { placeOf, type Place } from './moment.js';
import { demandOpened, readingPorts } from './open-log.js';
import { withRuntime } from './open-runtime.js';
import { Progress } from './progress.js';
import { demandReader } from './reader.js';

const HELP: Help = {
  usage: ['export events [--from <position|time>] [--to <position|time>] [--log <name>]'],
  about: `Writes the log's events as JSON Lines, a line for every position of the range in order, both ends included. Reads as the
person of ASSAY_TOKEN: what they may not see is {"position": n, "redacted": true}, never left out; within an event,
fields that are hidden from them are null. The last line is {"count", "first", "last", "sha256"}: how many positions,
the first and the last of them (null where there are none), and the SHA-256 of all lines before it, line ends
included. Without that line the export is not whole.`,
  options: {
    '--from WHEN': 'first position, or an instant: the first position recorded at it or later; 0 where left out',
    '--to WHEN': 'last position, or an instant: the last position recorded at it or before; the head of the log where left out',
    '--log NAME': 'the log; ASSAY_LOG or main where left out',
  },
  examples: [
    'export events > events.jsonl',
    'export events --from 0 --to 999',
    'export events --from 2026-07-01T00:00:00+08:00 --to 2026-09-30T23:59:59.999+08:00 | grep ScorePublished',
    'export events --quiet | head -n -1 | sha256sum',
  ],
};
const text = { type: 'string' } as const;

/** `assay export` (`api.md`, Command line). */
export const runExport: RunCommand = defineCommand({
  name: 'export',
  help: HELP,
  options: { from: text, to: text, log: text },
  run({ values, positionals, io }) {
    if (positionals.join(' ') !== 'events') throw new UsageError('export writes one thing: export events; see export --help');
    const [from, to] = [values.from, values.to].map((given) => (given === undefined ? null : placeOf(given)));
    const config = cliConfig(values.log);
    return withRuntime({ config, io, quiet: values.quiet === true, existing: true }, async (runtime): Promise<ExitCode> => {
      await demandOpened(config, runtime);
      const { principal } = await demandReader(config, runtime.principals);
      const { ports, head } = await readingPorts(config, runtime);
      const range = { from: from == null ? 0 : await firstOf(from, ports.log), to: to == null ? head : await lastOf(to, ports.log) };
      if (range.to > head) throw new UsageError(`the log ends at position ${String(head)}`);
      const progress = new Progress(io, { quiet: values.quiet === true, clock: Date.now });
      try {
        await write({ ports, principal, range }, io, progress);
      } finally {
        progress.end();
      }
      return 0;
    });
  },
});

interface Export {
  readonly ports: FeaturePorts;
  readonly principal: Principal;
  readonly range: EventRange;
}

async function write({ ports, principal, range }: Export, io: Io, progress: Progress): Promise<void> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of exportEvents(ports, principal, range)) {
    io.signal.throwIfAborted();
    const lines = page.map((event) => `${JSON.stringify(event)}\n`).join('');
    hash.update(lines);
    count += page.length;
    await io.out(lines);
    progress.bar('positions', { done: count, of: range.to - range.from + 1 });
  }
  // Without its last line an interrupted export is known not to be whole.
  io.signal.throwIfAborted();
  const ends = count === 0 ? { first: null, last: null } : { first: range.from, last: range.to };
  await io.out(`${JSON.stringify({ count, ...ends, sha256: hash.digest('hex') })}\n`);
}

/** The first position at an instant or after it; the log's clock has milliseconds. */
async function firstOf(place: Place, log: Pick<LogSource, 'positionAt'>): Promise<number> {
  return 'position' in place ? Number(place.position) : (await log.positionAt(Date.parse(place.time) - 1)) + 1;
}

async function lastOf(place: Place, log: Pick<LogSource, 'positionAt'>): Promise<number> {
  return 'position' in place ? Number(place.position) : log.positionAt(Date.parse(place.time));
}
