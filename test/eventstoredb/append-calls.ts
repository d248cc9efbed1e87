import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { randomUUID } from 'node:crypto';
import * as messages from './append-messages.js';
import type { Expected } from './expectation.js';
import { CallFailure, internal, maxAppendSizeExceeded, requiredMetadataMissing, streamDeleted } from './failures.js';
import type { ProposedEvent } from './log-record.js';
import { expectedOf, streamIdentifier, streamNameOf } from './messages.js';
import { authorize, underFault, type Node } from './node.js';

/** The bound counts payloads alone, neither metadata nor names. */
export const APPEND_BYTES_MAX = 1024 * 1024;

interface Append {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: ProposedEvent[];
}

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Append: options first, then an event a message, and one answer. */
export function append(node: Node, call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
  const requests: AppendReq[] = [];
  call.on('data', (request: AppendReq) => requests.push(request));
  call.on('end', () => {
    appendAll(node, call, requests).then(
      (response) => answer(null, response),
      (error: unknown) => answer(responseTo(error)),
    );
  });
}

async function appendAll(node: Node, call: ServerReadableStream<AppendReq, AppendResp>, requests: readonly AppendReq[]): Promise<AppendResp> {
  authorize(node, call.metadata);
  const options = requests[0]?.getOptions();
  if (options === undefined) throw internal();
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectedOf(options);
  const events = requests.slice(1).map(proposedFrom);
  if (bytesOf(events) > APPEND_BYTES_MAX) throw maxAppendSizeExceeded(APPEND_BYTES_MAX);
  return underFault(node, node.faults.take('append', stream), () => {
    const written = node.log.append(stream, expected, events);
    if (written.kind === 'DELETED') throw streamDeleted(stream);
    return written.kind === 'WRITTEN' ? messages.appended(written.last, written.current) : messages.wrongVersion(expected, written.current);
  });
}

function proposedFrom(request: AppendReq): ProposedEvent {
  const message = request.getProposedMessage();
  if (message === undefined) throw internal();
  for (const property of ['type', 'content-type']) {
    if (!message.getMetadataMap().has(property)) throw requiredMetadataMissing(property);
  }
  return messages.proposedEvent(message);
}

/** BatchAppend: one stream for all appends of a client, each in chunks under its correlation id. */
export function batchAppend(node: Node, call: BatchCall): void {
  const pending = new Map<string, Append>();
  call.on('data', (request: BatchAppendReq) => {
    takeChunk(node, { call, pending }, request).catch((error: unknown) => call.emit('error', responseTo(error)));
  });
  call.on('end', () => call.end());
}

interface Batch {
  readonly call: BatchCall;
  readonly pending: Map<string, Append>;
}

async function takeChunk(node: Node, { call, pending }: Batch, request: BatchAppendReq): Promise<void> {
  const id = request.getCorrelationId()?.getString() ?? '';
  const options = request.getOptions();
  const stream = streamNameOf(options?.getStreamIdentifier());
  if (options !== undefined) {
    if (refusedBatch(node, call)) return send(call, id, { stream, response: messages.batchAccessDenied() });
    pending.set(id, { stream, expected: messages.batchExpectedOf(options), events: [] });
  }
  const append = pending.get(id);
  if (append === undefined) return;
  append.events.push(...request.getProposedMessagesList().map(messages.proposedEvent));
  const oversized = bytesOf(append.events) > APPEND_BYTES_MAX;
  if (oversized || request.getIsFinal()) pending.delete(id);
  if (oversized) return send(call, id, { stream: append.stream, response: messages.batchMaxSizeExceeded(APPEND_BYTES_MAX) });
  if (request.getIsFinal()) await finish(node, call, { id, append });
}

/** Nobody in particular is refused within the stream; a wrong password ends it. */
function refusedBatch(node: Node, call: BatchCall): boolean {
  if (node.users !== null && call.metadata.get('authorization').length === 0) return true;
  authorize(node, call.metadata);
  return false;
}

async function finish(node: Node, call: BatchCall, { id, append }: { readonly id: string; readonly append: Append }): Promise<void> {
  const injected = node.faults.take('append', append.stream);
  const write = (): BatchAppendResp => batchAnswer(node, append);
  const fault = injected?.fault;
  if (fault?.kind === 'UNKNOWN_CORRELATION') {
    const response = fault.written === false ? messages.batchTimeout() : write();
    return send(call, randomUUID(), { stream: append.stream, response });
  }
  if (fault?.kind === 'END') {
    if (fault.written === true) write();
    call.end();
    return;
  }
  if (fault?.kind === 'FAIL' && (fault.failure === 'TIMEOUT' || fault.failure === 'ACCESS_DENIED')) {
    if (fault.written === true) write();
    const response = fault.failure === 'TIMEOUT' ? messages.batchTimeout() : messages.batchAccessDenied();
    return send(call, id, { stream: append.stream, response });
  }
  send(call, id, { stream: append.stream, response: await underFault(node, injected, write) });
}

function batchAnswer(node: Node, { stream, expected, events }: Append): BatchAppendResp {
  const written = node.log.append(stream, expected, events);
  if (written.kind === 'DELETED') return messages.batchStreamDeleted(stream);
  return written.kind === 'WRITTEN' ? messages.batchAppended(written.last, written.current) : messages.batchWrongVersion(expected, written.current);
}

function send(call: BatchCall, id: string, { stream, response }: { readonly stream: string; readonly response: BatchAppendResp }): void {
  if (call.cancelled || call.writableEnded) return;
  call.write(response.setCorrelationId(new sharedPb.UUID().setString(id)).setStreamIdentifier(streamIdentifier(stream)));
}

const bytesOf = (events: readonly ProposedEvent[]): number => events.reduce((sum, event) => sum + event.data.length, 0);

/** What is no failure of ours to give is one of the double, and shows as an internal error. */
const responseTo = (error: unknown): CallFailure['response'] =>
  error instanceof CallFailure ? error.response : { ...internal().response, details: String(error) };
