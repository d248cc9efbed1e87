import { timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import * as failures from './failures.js';
import type { Faults} from './faults.js';
import { type Fault, type InjectedFault } from './faults.js';
import type { RecordLog } from './record-log.js';
import type { SocketGate } from './socket-gate.js';

/** A subscription that is open, as far as a test may meddle with it. */
export interface OpenSubscription {
  finish(): void;
  fail(error: unknown): void;
  repeatLast(): void;
  message(message: ReadResp): Promise<void>;
}

/** What every kind of call rests on. */
export interface Node {
  log: RecordLog;
  readonly faults: Faults;
  readonly gate: SocketGate;
  /** Names and passwords; null where the server asks for none. */
  readonly users: Readonly<Record<string, string>> | null;
  /** What this server tells its clients it can do. */
  batchAppend: boolean;
  /** The leader that it follows; null where it leads. */
  readonly follows: failures.Endpoint | null;
  readonly live: Set<OpenSubscription>;
}

const NEVER = new Promise<never>(() => undefined);

/** Refuses a wrong password with 16 and no password with 7. */
export function authorize(node: Node, metadata: Metadata): void {
  if (node.users === null) return;
  const header = metadata.get('authorization')[0];
  if (header === undefined) throw failures.accessDenied();
  const [name = '', password = ''] = Buffer.from(String(header).replace(/^Basic /, ''), 'base64').toString('utf8').split(/:(.*)/s);
  const known = node.users[name];
  if (known === undefined || !same(known, password)) throw failures.notAuthenticated();
}

/** Refuses, at a follower, what demands the leader. */
export function demandLeader({ follows }: Node, metadata: Metadata): void {
  if (follows !== null && metadata.get('requires-leader')[0] === 'true') throw failures.notLeader(follows);
}

/** The result of some work under a fault: never, late, or a failure, before the work or after it. */
export async function underFault<T>(node: Node, injected: InjectedFault | undefined, work: () => T): Promise<T> {
  if (injected === undefined) return work();
  const { fault } = injected;
  if (fault.kind === 'LATE') return late(injected, work);
  if (fault.kind === 'DUPLICATE') return work();
  if (fault.written === true) work();
  return strike(node, fault);
}

/** What a fault does to a call once nothing more is to be sent. */
export async function strike(node: Node, fault: Fault): Promise<never> {
  if (fault.kind === 'CUT') node.gate.cut();
  if (fault.kind === 'FAIL') throw failureOf(node, fault);
  return NEVER;
}

async function late<T>(injected: InjectedFault, work: () => T): Promise<T> {
  if (injected.fault.kind === 'LATE' && injected.fault.written === false) {
    await injected.released;
    return work();
  }
  const result = work();
  await injected.released;
  return result;
}

export function failureOf(node: Node, { failure, leader }: Extract<Fault, { kind: 'FAIL' }>): failures.CallFailure {
  switch (failure) {
    case 'UNAVAILABLE':
      return failures.unavailable();
    case 'INTERNAL':
      return failures.internal();
    case 'CANCELLED':
      return failures.cancelled();
    case 'NOT_LEADER':
      return failures.notLeader(leader ?? { host: '127.0.0.1', port: node.gate.port });
    case 'ACCESS_DENIED':
      return failures.accessDenied();
    case 'TIMEOUT':
      return failures.timedOut();
    case 'UNIMPLEMENTED':
      return failures.unimplemented();
  }
}

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
