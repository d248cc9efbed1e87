import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import type { AppendResp, BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Message } from 'google-protobuf';
import type { Expected } from './expectation.js';
import type { LogRecord, ProposedEvent } from './log-record.js';
import { streamIdentifier } from './messages.js';

type Wrong = InstanceType<typeof streamsPb.AppendResp.WrongExpectedVersion>;

/** What both paths send for an event. */
interface ProposedMessage {
  getId(): { getString(): string } | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const proposedEvent = (message: ProposedMessage): ProposedEvent => ({
  id: (message.getId()?.getString() ?? '').toLowerCase(),
  type: message.getMetadataMap().get('type') ?? '',
  isJson: message.getMetadataMap().get('content-type') === 'application/json',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export function batchExpectedOf(options: BatchAppendReq.Options): Expected {
  if (options.hasStreamPosition()) return BigInt.asIntN(64, BigInt(options.getStreamPosition()));
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

/** Of a success on the plain path; an append of nothing has neither revision nor position. */
export function appended(last: LogRecord | undefined, current: bigint): AppendResp {
  const success = new streamsPb.AppendResp.Success();
  if (current < 0n) success.setNoStream(new sharedPb.Empty());
  else success.setCurrentRevision(String(current));
  if (last === undefined) success.setNoPosition(new sharedPb.Empty());
  else {
    const position = String(last.position);
    success.setPosition(new streamsPb.AppendResp.Position().setCommitPosition(position).setPreparePosition(position));
  }
  return new streamsPb.AppendResp().setSuccess(success);
}

export function wrongVersion(expected: Expected, current: bigint): AppendResp {
  const wrong: Wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (typeof expected === 'bigint') wrong.setExpectedRevision(String(expected));
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new sharedPb.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new sharedPb.Empty());
  else wrong.setExpectedAny(new sharedPb.Empty());
  if (current < 0n) wrong.setCurrentNoStream(new sharedPb.Empty());
  else wrong.setCurrentRevision(String(current));
  return new streamsPb.AppendResp().setWrongExpectedVersion(wrong);
}

export function batchAppended(last: LogRecord | undefined, current: bigint): BatchAppendResp {
  const success = new streamsPb.BatchAppendResp.Success();
  if (current < 0n) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(String(current));
  if (last === undefined) success.setNoPosition(new emptyPb.Empty());
  else {
    const position = String(last.position);
    success.setPosition(new sharedPb.AllStreamPosition().setCommitPosition(position).setPreparePosition(position));
  }
  return new streamsPb.BatchAppendResp().setSuccess(success);
}

export function batchWrongVersion(expected: Expected, current: bigint): BatchAppendResp {
  const wrong = new sharedPb.WrongExpectedVersion();
  if (typeof expected === 'bigint') wrong.setExpectedStreamPosition(String(expected));
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new emptyPb.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new emptyPb.Empty());
  else wrong.setExpectedAny(new emptyPb.Empty());
  if (current < 0n) wrong.setCurrentNoStream(new emptyPb.Empty());
  else wrong.setCurrentStreamRevision(String(current));
  return refusal('WrongExpectedVersion', 6, wrong);
}

export const batchStreamDeleted = (stream: string): BatchAppendResp =>
  refusal('StreamDeleted', 5, new sharedPb.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)));

export const batchMaxSizeExceeded = (bytes: number): BatchAppendResp =>
  refusal('MaximumAppendSizeExceeded', 3, new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(bytes));

export const batchAccessDenied = (): BatchAppendResp => refusal('AccessDenied', 7, new sharedPb.AccessDenied());
export const batchTimeout = (): BatchAppendResp => refusal('Timeout', 4, new sharedPb.Timeout());

function refusal(name: string, code: Parameters<Status['setCode']>[0], details: Message): BatchAppendResp {
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new streamsPb.BatchAppendResp().setError(new statusPb.Status().setCode(code).setMessage(name).setDetails(any));
}
