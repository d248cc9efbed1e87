import { randomUUID } from 'node:crypto';
import { judge, type Expected, type StreamFacts, type Verdict } from './expectation.js';
import { EPOCHS, REVISION_MAX, bytesOf, type LogRecord, type ProposedEvent } from './log-record.js';
import { isSoftDeleted, metadataStreamOf, retentionFrom, undeleted, visible, type Retention } from './stream-metadata.js';

export type Written =
  | { readonly kind: 'WRITTEN'; readonly last: LogRecord | undefined; readonly current: bigint }
  | { readonly kind: 'WRONG_VERSION'; readonly current: bigint }
  | { readonly kind: 'DELETED' };

interface Stream {
  readonly records: LogRecord[];
  tombstone: LogRecord | undefined;
}

const STATISTICS = '$stats-127.0.0.1:2113';
const NO_BYTES = new Uint8Array();
const TICKS_PER_MS = 10_000n;

/** The events of a server, in one order; byte offsets for positions. Nothing here knows of gRPC. */
export class RecordLog {
  private readonly all: LogRecord[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly latest = new Map<string, LogRecord>();
  private readonly listeners = new Set<(record: LogRecord) => void>();
  private clockMs: number | null = null;
  private appends = 0;

  /** After every so many appends the server writes an event of its own; null where it writes none. */
  constructor(private readonly statisticsEvery: number | null = null) {}

  /** Every record, those included that a reader of `$all` never sees. */
  get records(): readonly LogRecord[] {
    return this.all;
  }

  /** As many as a reader of `$all` sees. */
  get shown(): number {
    return this.all.filter(({ stream }) => stream !== EPOCHS).length;
  }

  /** Where the next record will begin. */
  get end(): bigint {
    return this.all.at(-1)?.end ?? 0n;
  }

  get nowTicks(): bigint {
    return BigInt(this.clockMs ?? Date.now()) * TICKS_PER_MS;
  }

  setClock(ms: number | null): void {
    this.clockMs = ms;
  }

  /** Hears of every record once it is written, until the function returned is called. */
  onRecord(listener: (record: LogRecord) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Written {
    const verdict = this.judge(stream, expected, events.map((event) => event.id));
    if (verdict.kind === 'REPEATED') return { kind: 'WRITTEN', last: verdict.last, current: verdict.last.revision };
    if (verdict.kind !== 'WRITE') return this.refused(stream, verdict);
    const wasDeleted = isSoftDeleted(this.retentionOf(stream));
    const first = BigInt(this.stream(stream).records.length);
    const written = events.map((event, index) => this.put(stream, event, first + BigInt(index)));
    if (wasDeleted && written.length > 0) {
      written.push(this.putMetadata(stream, undeleted(this.metadataOf(stream), first)));
    }
    this.announce(written);
    this.appends += 1;
    if (this.statisticsEvery !== null && this.appends % this.statisticsEvery === 0) this.writeSystemEvent(STATISTICS, '$statsCollected', '{}');
    const last = written[events.length - 1];
    return { kind: 'WRITTEN', last, current: last?.revision ?? first - 1n };
  }

  /** Soft: metadata hides every event there is. */
  delete(stream: string, expected: Expected): Written {
    const verdict = this.judge(stream, expected, [randomUUID()]);
    if (verdict.kind !== 'WRITE') return this.refused(stream, verdict);
    const { records } = this.stream(stream);
    if (records.length === 0 && this.metadataOf(stream) === undefined) return { kind: 'WRONG_VERSION', current: -1n };
    const record = this.putMetadata(stream, Buffer.from(`{"$tb":${REVISION_MAX}}`));
    this.announce([record]);
    return { kind: 'WRITTEN', last: record, current: record.revision };
  }

  /** For ever: the stream can be neither read nor written again. */
  tombstone(stream: string, expected: Expected): Written {
    const verdict = this.judge(stream, expected, [randomUUID()]);
    if (verdict.kind !== 'WRITE') return this.refused(stream, verdict);
    const record = this.put(stream, system('$streamDeleted', NO_BYTES, false), REVISION_MAX);
    this.stream(stream).tombstone = record;
    this.announce([record]);
    return { kind: 'WRITTEN', last: record, current: record.revision };
  }

  /** What the server writes by itself, whatever a client may do. */
  writeSystemEvent(stream: string, type: string, data: string): LogRecord {
    const record = this.put(stream, system(type, Buffer.from(data), true), BigInt(this.stream(stream).records.length));
    this.announce([record]);
    return record;
  }

  /** A start of the server leaves a record that nobody sees, and so a gap between positions. */
  writeEpoch(): void {
    this.writeSystemEvent(EPOCHS, '$epoch-information', JSON.stringify({ EpochId: randomUUID() }));
  }

  isTombstoned(stream: string): boolean {
    const own = this.streams.get(stream)?.tombstone;
    if (own !== undefined || !stream.startsWith('$$')) return own !== undefined;
    return this.streams.get(stream.slice(2))?.tombstone !== undefined;
  }

  /** The events of a stream that a reader sees; undefined where the stream does not exist, or was soft-deleted. */
  visibleOf(stream: string): readonly LogRecord[] | undefined {
    const records = this.streams.get(stream)?.records ?? [];
    const retention = this.retentionOf(stream);
    if (records.length === 0 || isSoftDeleted(retention)) return undefined;
    return visible(records, retention, this.nowTicks);
  }

  /** -1 where there is none. */
  lastRevisionOf(stream: string): bigint {
    const found = this.streams.get(stream);
    return found?.tombstone?.revision ?? BigInt(found?.records.length ?? 0) - 1n;
  }

  /** The same log up to its first so many events of `$all`. */
  copy(upTo: number): RecordLog {
    const copy = new RecordLog(this.statisticsEvery);
    copy.clockMs = this.clockMs;
    let shown = 0;
    for (const record of this.all) {
      if (record.stream !== EPOCHS && ++shown > upTo) break;
      copy.keep(record);
    }
    return copy;
  }

  private judge(stream: string, expected: Expected, ids: readonly string[]): Verdict {
    const facts: StreamFacts = {
      stream,
      records: this.streams.get(stream)?.records ?? [],
      tombstoned: this.isTombstoned(stream),
      softDeleted: isSoftDeleted(this.retentionOf(stream)),
      hasMetadata: this.metadataOf(stream) !== undefined,
      latest: (id) => this.latest.get(id),
    };
    return judge(expected, ids, facts);
  }

  private refused(stream: string, verdict: Verdict): Written {
    return verdict.kind === 'DELETED' ? { kind: 'DELETED' } : { kind: 'WRONG_VERSION', current: this.lastRevisionOf(stream) };
  }

  private metadataOf(stream: string): LogRecord | undefined {
    return this.streams.get(metadataStreamOf(stream))?.records.at(-1);
  }

  private retentionOf(stream: string): Retention {
    return retentionFrom(this.metadataOf(stream));
  }

  private putMetadata(stream: string, data: Uint8Array): LogRecord {
    const name = metadataStreamOf(stream);
    return this.put(name, system('$metadata', data, true), BigInt(this.stream(name).records.length));
  }

  private put(stream: string, event: ProposedEvent, revision: bigint): LogRecord {
    const position = this.end;
    const record = { ...event, stream, revision, position, end: position + bytesOf(stream, event), createdTicks: this.nowTicks };
    this.keep(record);
    return record;
  }

  private keep(record: LogRecord): void {
    this.all.push(record);
    this.latest.set(record.id, record);
    const stream = this.stream(record.stream);
    if (record.revision === REVISION_MAX) stream.tombstone = record;
    else stream.records.push(record);
  }

  private announce(records: readonly LogRecord[]): void {
    for (const record of records) for (const listener of this.listeners) listener(record);
  }

  private stream(name: string): Stream {
    const found = this.streams.get(name);
    if (found !== undefined) return found;
    const stream: Stream = { records: [], tombstone: undefined };
    this.streams.set(name, stream);
    return stream;
  }
}

const system = (type: string, data: Uint8Array, isJson: boolean): ProposedEvent => ({ id: randomUUID(), type, isJson, data, metadata: NO_BYTES });
