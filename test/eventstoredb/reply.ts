import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { CallFailure, internal } from './failures.js';
import type { InjectedFault } from './faults.js';
import { eventMessage } from './messages.js';
import type { LogRecord } from './log-record.js';
import { strike, type Node, type OpenSubscription } from './node.js';

/** The client has gone, or the answer has been ended: there is nobody to write to. */
export class ReplyEnded extends Error {}

/** The answers to a read or a subscription: at the speed of the client, and under the fault that the call has met. */
export class Reply implements OpenSubscription {
  private events = 0;
  private ended = false;
  private last: LogRecord | undefined;
  /** Resolves when the client has gone or the answer has ended. */
  readonly over: Promise<void>;
  private end: () => void = () => undefined;

  constructor(
    private readonly node: Node,
    private readonly call: ServerWritableStream<ReadReq, ReadResp>,
    private readonly injected: InjectedFault | undefined,
  ) {
    this.over = new Promise((resolve) => (this.end = resolve));
    call.on('cancelled', () => this.close());
    call.on('error', () => this.close());
  }

  get isOver(): boolean {
    return this.ended;
  }

  /** Gives the fault its chance to strike before anything is sent. */
  async begin(): Promise<void> {
    await this.suffer();
  }

  async event(record: LogRecord): Promise<void> {
    await this.suffer();
    this.last = record;
    this.events += 1;
    await this.message(eventMessage(record));
    if (this.injected?.fault.kind === 'DUPLICATE') await this.message(eventMessage(record));
  }

  async message(message: ReadResp): Promise<void> {
    if (this.ended) throw new ReplyEnded();
    if (this.call.write(message)) return;
    await Promise.race([once(this.call, 'drain'), this.over]);
    if (this.isOver) throw new ReplyEnded();
  }

  /** The last event once more, behind the back of whoever produces them. */
  repeatLast(): void {
    if (this.last !== undefined && !this.ended) this.call.write(eventMessage(this.last));
  }

  /** As if all were said. */
  finish(): void {
    if (this.ended) return;
    this.close();
    this.call.end();
  }

  fail(error: unknown): void {
    if (this.ended) return;
    this.close();
    this.call.emit('error', error instanceof CallFailure ? error.response : { ...internal().response, details: String(error) });
  }

  private close(): void {
    this.ended = true;
    this.end();
  }

  private async suffer(): Promise<void> {
    const fault = this.injected?.fault;
    if (fault === undefined || fault.kind === 'DUPLICATE' || (fault.after ?? 0) !== this.events) return;
    if (fault.kind === 'LATE') await Promise.race([this.injected?.released, this.over]);
    else if (fault.kind === 'END') this.finish();
    else await Promise.race([strike(this.node, fault), this.over]);
    if (this.ended) throw new ReplyEnded();
  }
}
