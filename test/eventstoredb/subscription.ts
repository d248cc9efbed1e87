import { randomUUID } from 'node:crypto';
import { NOWHERE, compare, unsigned, type LogRecord, type Position } from './log-record.js';
import { caughtUpMessage, checkpointMessage, confirmationMessage } from './messages.js';
import type { RecordLog } from './record-log.js';
import { ReplyEnded, type Reply } from './reply.js';
import type { Source } from './subscription-source.js';

/** Where a client wants to begin: `start`, `end`, or behind a place. */
export type Start = 'start' | 'end' | Position;

type LiveItem = { readonly sequence: number } & ({ readonly record: LogRecord } | { readonly checkpoint: Position });

// Of events that came while the client was busy the server keeps so many; when there are more it drops the oldest and
// reads them from the log again.
const LIVE_MAX = 32;

/** One subscription: catches up page by page, then goes live, and back when the client does not keep up. */
export class Subscription {
  private readonly live: LiveItem[] = [];
  private heard = 0;
  private handled = 0;
  private sinceCheckpoint = 0;
  private wake: () => void = () => undefined;
  private lastCheckpoint: Position | null = null;

  constructor(
    private readonly log: RecordLog,
    private readonly source: Source,
    private readonly reply: Reply,
  ) {}

  /** Runs until the client has gone or an error ends it; resolves then. */
  async run(start: Start): Promise<void> {
    const last = this.source.last();
    const stop = this.log.onRecord((record) => this.hear(record));
    try {
      await this.reply.begin();
      await this.reply.message(confirmationMessage(randomUUID()));
      let checkpoint = start === 'start' ? NOWHERE : start === 'end' ? last : start;
      if (compare(checkpoint, last) >= 0) checkpoint = await this.goLive(checkpoint);
      for (;;) checkpoint = await this.goLive(await this.catchUp(checkpoint));
    } catch (error) {
      if (!(error instanceof ReplyEnded)) throw error;
    } finally {
      stop();
    }
  }

  /** Sends a checkpoint, unless it is none the client does not have already. */
  async sendCheckpoint(position: Position): Promise<void> {
    const sent = { commit: unsigned(position.commit), prepare: unsigned(position.prepare) };
    if (this.lastCheckpoint !== null && compare(sent, this.lastCheckpoint) <= 0) return;
    this.lastCheckpoint = sent;
    await this.reply.message(checkpointMessage(sent));
  }

  private async catchUp(from: Position): Promise<Position> {
    let checkpoint = from;
    for (const step of this.source.pages(from)) {
      for (const record of step.records) {
        if (compare(this.source.placeOf(record), checkpoint) <= 0) continue;
        await this.send(record);
        checkpoint = this.source.placeOf(record);
      }
      if (step.reached !== null) {
        if (compare(checkpoint, step.reached) < 0) checkpoint = step.reached;
        await this.sendCheckpoint(checkpoint);
      }
      // Of the last page it is sent at any rate: 2^64-1 where nothing was found from the start of the log on.
      if (step.endOfStream && this.source.checkpointInterval !== null) await this.sendCheckpoint(checkpoint);
    }
    return checkpoint;
  }

  private async goLive(from: Position): Promise<Position> {
    let checkpoint = from;
    await this.reply.message(caughtUpMessage());
    for (;;) {
      const item = await this.next();
      const gap = item.sequence !== this.handled + 1;
      this.handled = item.sequence;
      const place = 'record' in item ? this.source.placeOf(item.record) : item.checkpoint;
      const known = compare(place, checkpoint);
      if (known < 0 || (known === 0 && 'record' in item)) continue;
      if (gap) {
        if (this.source.checkpointInterval !== null) await this.sendCheckpoint(checkpoint);
        return checkpoint;
      }
      if ('record' in item) await this.send(item.record);
      else await this.sendCheckpoint(place);
      checkpoint = place;
    }
  }

  private async send(record: LogRecord): Promise<void> {
    await this.reply.event(record);
    const end = this.source.endsAfter(record);
    if (end !== null) throw end;
  }

  private hear(record: LogRecord): void {
    if (!this.source.concerns(record)) return;
    if (this.source.allows(record)) this.push({ sequence: ++this.heard, record });
    if (this.source.checkpointInterval === null) return;
    this.sinceCheckpoint += 1;
    if (this.sinceCheckpoint < this.source.checkpointInterval) return;
    this.sinceCheckpoint = 0;
    this.push({ sequence: ++this.heard, checkpoint: this.source.placeOf(record) });
  }

  private push(item: LiveItem): void {
    this.live.push(item);
    if (this.live.length > LIVE_MAX) this.live.shift();
    this.wake();
  }

  private async next(): Promise<LiveItem> {
    for (;;) {
      const item = this.live.shift();
      if (item !== undefined) return item;
      await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), this.reply.over]);
      if (this.reply.isOver) throw new ReplyEnded();
    }
  }
}
