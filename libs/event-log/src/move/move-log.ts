import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { withClient, type Connection } from '../connection.js';
import type { ConnectEngine } from '../eventstoredb/engine.js';
import { openEventStoreLog } from '../eventstoredb/open-eventstore-log.js';
import { othersConnected } from '../postgres/others-connected.js';
import { openPostgresLog } from '../postgres/postgres-log.js';
import type { ServedLog } from '../served-log.js';
import { engineTarget } from './engine-target.js';
import { MoveError, targetAhead, type MoveDirection } from './move-error.js';
import { postgresTarget } from './postgres-target.js';
import { shutSource } from './shut-source.js';
import { compare, pagesOf } from './side-by-side.js';
import type { MovedClock, MoveTarget } from './target.js';

/** How far a move is. `CHECKED`: of what an earlier one has left there; then it is copied, and at the end all is read back. */
export interface MoveProgress {
  readonly phase: 'SETTLING' | 'CHECKED' | 'COPIED' | 'VERIFIED';
  readonly events: number;
  readonly of: number;
}

/** What is moved, and who is told how far it is. */
export interface MoveOptions {
  readonly to: MoveDirection;
  /** The database that holds the log, and beside it the order index of the same log at the event store. */
  readonly app: Connection;
  /** The login that owns both schemas, where there are two. */
  readonly owner?: Connection;
  readonly connect: ConnectEngine;
  readonly onProgress?: (progress: MoveProgress) => void;
  /** Calls it off; what was copied stays, and the next move goes on from there. */
  readonly signal?: AbortSignal;
}

/** A log that is at both engines, read side by side from its first event to its last. */
export interface MovedLog {
  readonly logId: string;
  readonly events: number;
  /** How many of them this move has copied. */
  readonly copied: number;
  readonly lastPosition: number;
  /** Over every event of the log in order: the same at either engine. */
  readonly sha256: string;
}

/**
 * Copies a log from one engine to the other: its id, the order and with it the positions, event ids, bytes and times, and how its
 * clock runs on. Then reads both side by side. The source must be closed: what other processes had under way when it was is waited
 * for. The target may hold a beginning of the log, which is compared first: a move that was interrupted goes on where it ended.
 * Throws `MoveError`, and what the engines say as `LogError`.
 */
export async function moveLog(options: MoveOptions): Promise<MovedLog> {
  return withClient(options.app, async (client) => {
    await takeLock(client);
    const busy = await isBusy(client);
    const source = await sourceOf(options);
    try {
      const { recordedAt } = await source.head();
      if (recordedAt === null) throw new MoveError('SourceEmpty', 'the log is empty: there is nothing to move');
      if (busy) await settle(source, recordedAt, options);
      const target = await targetOf(source.id, options);
      try {
        return await moved(source, target, { ...options, clock: await clockOf(client, options.to) });
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  });
}

const MOVE_LOCK = 4_701_341;

/** Held as long as the connection lives. */
async function takeLock(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [MOVE_LOCK]);
  if (rows[0]?.taken !== true) throw new MoveError('MoveRunning', 'another process is moving this log; wait for it, or end it');
}

/** Connections that were just given up, ours too, are gone after this at the latest. */
const LEAVING_MS_MAX = 2_000;
const POLL_MS = 20;

async function isBusy(client: pg.Client): Promise<boolean> {
  const giveUpAt = Date.now() + LEAVING_MS_MAX;
  while ((await othersConnected(client)) > 0) {
    if (Date.now() > giveUpAt) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** A command that was decided before the log was closed has its deadline to be appended by; then there is nothing more to come. */
const SETTLE_MS = 15_000;

async function settle(source: ServedLog, closedAt: number, { onProgress, signal }: MoveOptions): Promise<void> {
  const since = Math.max(0, (await source.now()) - closedAt);
  const wait = SETTLE_MS - since;
  if (wait <= 0) return;
  onProgress?.({ phase: 'SETTLING', events: 0, of: 0 });
  await delay(wait, undefined, signal === undefined ? {} : { signal });
}

const ownerIn = ({ owner }: MoveOptions): { readonly owner?: Connection } => (owner === undefined ? {} : { owner });

const sourceOf = async (options: MoveOptions): Promise<ServedLog> => {
  const { app, connect, signal } = options;
  if (options.to === 'EVENTSTORE') return openPostgresLog({ app, ...ownerIn(options) });
  return openEventStoreLog({ app, ...ownerIn(options), connect, existing: true, ...(signal === undefined ? {} : { signal }) });
};

function targetOf(logId: string, { to, app, owner, connect, signal }: MoveOptions): Promise<MoveTarget> {
  const request = { logId, app, owner, signal };
  return to === 'EVENTSTORE' ? engineTarget(connect, request) : postgresTarget(request);
}

async function clockOf(client: pg.Client, to: MoveDirection): Promise<MovedClock> {
  const { rows } = await client.query<{ offset_ms: string; step_accepted_at: string | null }>(`SELECT offset_ms, step_accepted_at FROM ${to === 'EVENTSTORE' ? 'assay' : 'order_index'}.log`);
  const [row] = rows;
  return { offsetMs: Number(row?.offset_ms ?? 0), stepAcceptedAt: typeof row?.step_accepted_at === 'string' ? Number(row.step_accepted_at) : null };
}

async function moved(source: ServedLog, target: MoveTarget, options: MoveOptions & { readonly clock: MovedClock }): Promise<MovedLog> {
  const { clock, onProgress, signal } = options;
  const { position: last } = await source.head();
  const there = await target.head();
  const told = (phase: MoveProgress['phase']) => (position: number) => onProgress?.({ phase, events: position + 1, of: last + 1 });
  const begun = { after: -1, upTo: Math.min(there, last), signal };
  const { difference } = await compare(source, target.log(), { ...begun, onPage: told('CHECKED') });
  if (difference !== null && there > last) throw targetAhead(options.to, { ...difference });
  if (difference !== null) throw new MoveError('TargetForeign', `the target holds no beginning of this log: position ${String(difference.position)} differs in its ${difference.field}; empty it, or name another`, { ...difference });
  if (there < last) {
    for await (const page of pagesOf(source, { after: there, upTo: last, onPage: told('COPIED'), signal })) await target.write(page);
  }
  const verified = await compare(source, await target.reread(), { after: -1, upTo: last, onPage: told('VERIFIED'), signal });
  if (verified.difference !== null) throw new MoveError('MoveDiverged', `the two logs are not the same: position ${String(verified.difference.position)} differs in its ${verified.difference.field}`, { ...verified.difference });
  const end = options.to === 'EVENTSTORE' ? await shutSource(options, last) : (await source.head()).position;
  if (end > last) throw new MoveError('MoveDiverged', `the log went on while it was moved, to position ${String(end)}; close it, and move it again`, { position: last + 1, field: 'event' });
  // What is there beyond the source's end was recorded there since: it was moved before, and its clock has gone on.
  if (there <= last) await target.finish(clock);
  return { logId: source.id, events: last + 1, copied: Math.max(0, last - there), lastPosition: last, sha256: verified.sha256 };
}
