import type { LogRecord } from './log-record.js';

/** The state of a stream that an append expects. */
export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Verdict =
  | { readonly kind: 'WRITE' }
  /** These very ids stand where they would be written; nothing is written, and the first answer is given again. */
  | { readonly kind: 'REPEATED'; readonly last: LogRecord }
  | { readonly kind: 'WRONG_VERSION' }
  | { readonly kind: 'DELETED' };

/** What the verdict rests on. */
export interface StreamFacts {
  readonly stream: string;
  readonly records: readonly LogRecord[];
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  /** The last event with an id, in whatever stream. */
  readonly latest: (id: string) => LogRecord | undefined;
}

/** Whether an append may be written: the server's rules, word by word. No payload is ever looked at. */
export function judge(expected: Expected, ids: readonly string[], facts: StreamFacts): Verdict {
  if (facts.tombstoned) return { kind: 'DELETED' };
  if (expected === 'stream_exists') {
    if (facts.softDeleted) return { kind: 'DELETED' };
    if (facts.records.length === 0 && !facts.hasMetadata) return { kind: 'WRONG_VERSION' };
  }
  if (expected === 'any' || expected === 'stream_exists') return judgeAnywhere(ids, facts);
  return judgeAt(expected === 'no_stream' ? -1n : expected, ids, facts);
}

/** Without a revision the ids alone decide, and only those of the same stream. */
function judgeAnywhere(ids: readonly string[], facts: StreamFacts): Verdict {
  let last: LogRecord | undefined;
  for (const [index, id] of ids.entries()) {
    const found = facts.latest(id);
    if (found?.stream !== facts.stream) return { kind: index === 0 ? 'WRITE' : 'WRONG_VERSION' };
    last = found;
  }
  return last === undefined ? { kind: 'WRITE' } : { kind: 'REPEATED', last };
}

/** A part of an earlier append, from this revision on, is a repeat; a part with something new behind it is not. */
function judgeAt(expected: bigint, ids: readonly string[], facts: StreamFacts): Verdict {
  const current = BigInt(facts.records.length) - 1n;
  if (expected === current) return { kind: 'WRITE' };
  if (expected > current || ids.length === 0) return { kind: 'WRONG_VERSION' };
  const first = Number(expected) + 1;
  for (const [index, id] of ids.entries()) {
    if (facts.records[first + index]?.id === id) continue;
    return { kind: index === 0 && expected === -1n && facts.softDeleted ? 'WRITE' : 'WRONG_VERSION' };
  }
  const last = facts.records[first + ids.length - 1];
  return last === undefined ? { kind: 'WRONG_VERSION' } : { kind: 'REPEATED', last };
}
