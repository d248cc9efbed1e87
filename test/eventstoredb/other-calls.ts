import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { Metadata } from '@grpc/grpc-js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './expectation.js';
import { internal, streamDeleted, wrongExpectedVersion } from './failures.js';
import type { LogRecord } from './log-record.js';
import { expectedOf, streamNameOf } from './messages.js';
import { authorize, underFault, type Node } from './node.js';
import type { Written } from './record-log.js';

interface UnaryCall<Request> {
  readonly request: Request;
  readonly metadata: Metadata;
}

const SERVER_VERSION = '24.6.0';
const STREAMS = 'event_store.client.streams.streams';
const INSTANCE = '3f5b6c1e-8d0a-4b7e-9f57-2c4de3a1b0d9';
const LEADER = 8;
// The server has these numbers for what is no revision.
const NUMBERS = { any: -2n, no_stream: -1n, stream_exists: -4n } as const;

export async function deleteStream(node: Node, { request, metadata }: UnaryCall<DeleteReq>): Promise<DeleteResp> {
  const last = await remove(node, metadata, { options: request.getOptions(), work: (stream, expected) => node.log.delete(stream, expected) });
  const position = String(last.position);
  return new streamsPb.DeleteResp().setPosition(new streamsPb.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position));
}

export async function tombstone(node: Node, { request, metadata }: UnaryCall<TombstoneReq>): Promise<TombstoneResp> {
  const last = await remove(node, metadata, { options: request.getOptions(), work: (stream, expected) => node.log.tombstone(stream, expected) });
  const position = String(last.position);
  return new streamsPb.TombstoneResp().setPosition(
    new streamsPb.TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position),
  );
}

interface Removal {
  readonly options: DeleteReq.Options | TombstoneReq.Options | undefined;
  readonly work: (stream: string, expected: Expected) => Written;
}

async function remove(node: Node, metadata: Metadata, { options, work }: Removal): Promise<LogRecord> {
  authorize(node, metadata);
  if (options === undefined) throw internal();
  const stream = streamNameOf(options.getStreamIdentifier());
  const expected = expectedOf(options);
  return underFault(node, node.faults.take('delete', stream), () => {
    const written = work(stream, expected);
    if (written.kind === 'DELETED') throw streamDeleted(stream);
    if (written.kind === 'WRONG_VERSION') {
      throw wrongExpectedVersion(stream, typeof expected === 'bigint' ? expected : NUMBERS[expected], written.current);
    }
    if (written.last === undefined) throw internal();
    return written.last;
  });
}

/** What decides which path the client appends by. */
export function supportedMethods(node: Node): Promise<SupportedMethods> {
  return underFault(node, node.faults.take('features'), () => {
    const methods = ['append', 'read', 'delete', 'tombstone'].map((name) => method(name, name === 'read' ? ['position', 'events'] : []));
    if (node.batchAppend) methods.push(method('batchappend', ['deadline_duration']));
    return new featuresPb.SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods);
  });
}

const method = (name: string, features: string[]): InstanceType<typeof featuresPb.SupportedMethod> =>
  new featuresPb.SupportedMethod().setServiceName(STREAMS).setMethodName(name).setFeaturesList(features);

/** A cluster of one: this node, its leader. */
export function gossip(node: Node): Promise<ClusterInfo> {
  return underFault(node, node.faults.take('gossip'), () => {
    const member = new gossipPb.MemberInfo()
      .setInstanceId(new sharedPb.UUID().setString(INSTANCE))
      .setTimeStamp(String(node.log.nowTicks))
      .setState(LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossipPb.EndPoint().setAddress('127.0.0.1').setPort(node.gate.port));
    return new gossipPb.ClusterInfo().setMembersList([member]);
  });
}
