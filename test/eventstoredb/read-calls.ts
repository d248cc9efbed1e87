import type { ServerWritableStream } from '@grpc/grpc-js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { InvalidPosition, readBackwards, readForwards, type Page } from './all-reader.js';
import { invalidReadPosition, invalidSubscriptionPosition, streamDeleted } from './failures.js';
import { PAGE_SIZE, everything, filterOf } from './filters.js';
import type { LogRecord, Position } from './log-record.js';
import { notFoundMessage, streamNameOf } from './messages.js';
import { authorize, demandLeader, type Node } from './node.js';
import { Reply, ReplyEnded } from './reply.js';
import { Subscription, type Start } from './subscription.js';
import { allSource, streamSource } from './subscription-source.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

const END_OF_LOG = BigInt.asUintN(64, -1n);

/** Read: pages of events, or a subscription that never ends. Resolves when it is over. */
export async function read(node: Node, call: ReadCall): Promise<void> {
  const options = call.request.getOptions();
  const kind = options?.hasSubscription() === true ? 'subscribe' : 'read';
  const subject = options?.hasStream() === true ? streamNameOf(options.getStream()?.getStreamIdentifier()) : '$all';
  const reply = new Reply(node, call, node.faults.take(kind, subject));
  try {
    authorize(node, call.metadata);
    demandLeader(node, call.metadata);
    if (options === undefined) throw invalidReadPosition();
    if (kind === 'subscribe') return await subscribe(node, reply, options);
    await reply.begin();
    if (options.hasStream()) await readStream(node, reply, options);
    else await readAll(node, reply, options);
    reply.finish();
  } catch (error) {
    if (error instanceof ReplyEnded) return;
    reply.fail(error instanceof InvalidPosition ? (kind === 'read' ? invalidReadPosition() : invalidSubscriptionPosition()) : error);
  }
}

async function subscribe(node: Node, reply: Reply, options: Options): Promise<void> {
  const stream = options.getStream();
  const source = stream === undefined ? allSource(node.log, filterOf(options.getFilter())) : streamSource(node.log, streamNameOf(stream.getStreamIdentifier()));
  node.live.add(reply);
  try {
    await new Subscription(node.log, source, reply).run(startOf(options));
  } finally {
    node.live.delete(reply);
  }
}

function startOf(options: Options): Start {
  const all = options.getAll();
  const stream = options.getStream();
  if (all?.hasStart() === true || stream?.hasStart() === true) return 'start';
  if (all?.hasEnd() === true || stream?.hasEnd() === true) return 'end';
  if (stream !== undefined) {
    const revision = BigInt.asIntN(64, BigInt(stream.getRevision()));
    return { commit: revision, prepare: revision };
  }
  const position = positionOf(options);
  return position.commit === END_OF_LOG && position.prepare === END_OF_LOG ? 'end' : position;
}

function positionOf(options: Options): Position {
  const position = options.getAll()?.getPosition();
  return { commit: BigInt(position?.getCommitPosition() ?? '0'), prepare: BigInt(position?.getPreparePosition() ?? '0') };
}

async function readAll(node: Node, reply: Reply, options: Options): Promise<void> {
  let left = BigInt(options.getCount());
  for (const page of allPages(node, options)) {
    for (const record of page.records) {
      if (left-- <= 0n) return;
      await reply.event(record);
    }
  }
}

function* allPages(node: Node, options: Options): Generator<Page, void> {
  const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
  const { allows, searchWindow } = filterOf(options.getFilter());
  const end = { commit: node.log.end, prepare: node.log.end };
  const all = options.getAll();
  let from = all?.hasStart() === true ? { commit: 0n, prepare: 0n } : all?.hasEnd() === true ? end : positionOf(options);
  for (;;) {
    const request = { from, maxCount: PAGE_SIZE, searchWindow, allows: options.hasFilter() ? allows : everything };
    const page = backwards ? readBackwards(node.log, request) : readForwards(node.log, request);
    yield page;
    if (page.endOfStream) return;
    from = page.next;
  }
}

async function readStream(node: Node, reply: Reply, options: Options): Promise<void> {
  const stream = streamNameOf(options.getStream()?.getStreamIdentifier());
  if (node.log.isTombstoned(stream)) throw streamDeleted(stream);
  const records = node.log.visibleOf(stream);
  if (records === undefined) return reply.message(notFoundMessage(stream));
  let left = BigInt(options.getCount());
  for (const record of chosen(records, options)) {
    if (left-- <= 0n) return;
    await reply.event(record);
  }
}

function chosen(records: readonly LogRecord[], options: Options): readonly LogRecord[] {
  const stream = options.getStream();
  const backwards = options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
  if (stream?.hasStart() === true) return backwards ? records.slice(0, 1) : records;
  if (stream?.hasEnd() === true) return backwards ? records.toReversed() : [];
  const revision = BigInt(stream?.getRevision() ?? '0');
  if (!backwards) return records.filter((record) => record.revision >= revision);
  return records.filter((record) => record.revision <= revision).toReversed();
}
