import type pg from 'pg';
import type { EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import { byteaArray, int4Array, int8Array, textArray, uuidArray } from './binary-array.js';

/** One append of a group, and what the loader of a simulated log adds. */
export interface AppendRequest {
  readonly append: EncodedAppend;
  readonly instant: number | null;
}
export interface AppendAnswer {
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
}

interface Row {
  readonly base: string;
  readonly recorded: string | null;
  readonly statuses: string | null;
  readonly revisions: string | null;
  readonly positions: string | null;
  readonly times: string | null;
}

interface OneRow {
  readonly base: string | null;
  readonly recorded: string | null;
}

const TYPES = ['text[]', 'bigint[]', 'integer[]', 'integer[]', 'text[]', 'bigint[]', 'uuid[]', 'text[]', 'integer[]', 'bytea[]', 'bytea[]', 'text[]', 'text[]', 'boolean', 'uuid', 'bigint', 'bigint'];
const TEXT = `SELECT base, recorded, statuses, revisions, positions, times FROM assay.append(${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`;
const ONE_TYPES = ['text', 'bigint', 'uuid', 'text', 'integer', 'bytea', 'bytea', 'text', 'text'];
const TEXT_ONE = `SELECT base, recorded FROM assay.append_one(${ONE_TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`;
const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** Sends one group in one call, and gives each append its answer or its error, in order. */
export async function callAppend(client: pg.ClientBase, group: readonly AppendRequest[], lease: string | null): Promise<readonly (AppendAnswer | LogError)[]> {
  const answer = await callAppendOne(client, group, lease);
  if (answer !== null) return [answer];
  const { rows } = await client.query<Row>({ name: 'assay_append', text: TEXT, values: parameters(group, lease), types: AS_TEXT });
  const row = rows[0];
  if (row === undefined) throw new LogError('Unavailable', 'the append function gave no answer');
  return row.statuses === null ? plainAnswers(group, row) : eachAnswer(group, row);
}

/** A lone event of a log that takes its time from the clock; null where it was not the plain case and nothing was done. */
async function callAppendOne(client: pg.ClientBase, group: readonly AppendRequest[], lease: string | null): Promise<AppendAnswer | null> {
  const [request] = group;
  const [event] = request?.append.events ?? [];
  if (request === undefined || event === undefined || group.length > 1 || request.append.events.length > 1 || lease !== null || request.instant !== null) return null;
  const { stream, expected } = request.append;
  const values = [stream, expected, event.id, event.type, event.schemaVersion, event.body, event.meta, event.actor, event.commandId];
  const { rows } = await client.query<OneRow>({ name: 'assay_append_one', text: TEXT_ONE, values, types: AS_TEXT });
  const row = rows[0];
  return row === undefined || row.base === null ? null : { revision: expected + 1, position: Number(row.base), recordedAt: Number(row.recorded) };
}

function parameters(group: readonly AppendRequest[], lease: string | null): unknown[] {
  const appends = group.map(({ append }) => append);
  const events = appends.flatMap((append) => append.events);
  const lasts: number[] = [];
  for (const append of appends) lasts.push((lasts.at(-1) ?? 0) + append.events.length);
  const streams = appends.map(({ stream }) => stream);
  const distinct = new Set(streams).size === streams.length && new Set(events.map(({ id }) => id)).size === events.length;
  return [
    textArray(streams),
    int8Array(appends.map(({ expected }) => expected)),
    int4Array(appends.map((append, index) => (lasts[index] ?? 0) - append.events.length + 1)),
    int4Array(lasts),
    textArray(appends.flatMap((append) => append.events.map(() => append.stream))),
    int8Array(appends.flatMap((append) => append.events.map((_, index) => append.expected + 1 + index))),
    uuidArray(events.map(({ id }) => id)),
    textArray(events.map(({ type }) => type)),
    int4Array(events.map(({ schemaVersion }) => schemaVersion)),
    byteaArray(events.map(({ body }) => body)),
    byteaArray(events.map(({ meta }) => meta)),
    textArray(events.map(({ actor }) => actor)),
    textArray(events.map(({ commandId }) => commandId)),
    distinct,
    lease,
    group[0]?.instant ?? null,
    offsetOf(appends),
  ];
}

/** How far the clock of a log whose simulation ends runs on from the real one, in ms (`SimulationEnded.offset`). */
function offsetOf(appends: readonly EncodedAppend[]): number | null {
  const ended = appends[0]?.events.find(({ type }) => type === 'SimulationEnded');
  if (ended === undefined) return null;
  // The log knows no schema: whatever is there is checked in the next line.
  const { offset } = JSON.parse(ended.body.toString('utf8')) as { offset?: unknown };
  return typeof offset === 'number' && Number.isSafeInteger(offset) ? offset : 0;
}

function plainAnswers(group: readonly AppendRequest[], row: Row): readonly AppendAnswer[] {
  let position = Number(row.base) - 1;
  return group.map(({ append }) => {
    position += append.events.length;
    return { revision: append.expected + append.events.length, position, recordedAt: Number(row.recorded) };
  });
}

function eachAnswer(group: readonly AppendRequest[], row: Row): readonly (AppendAnswer | LogError)[] {
  const [statuses, revisions, positions, times] = [row.statuses, row.revisions, row.positions, row.times].map(listOf);
  return group.map(({ append }, index) => {
    const revision = Number(revisions?.[index]);
    const recordedAt = Number(times?.[index]);
    const status = statuses?.[index];
    if (status === 'APPENDED' || status === 'REPEATED') return { revision, position: Number(positions?.[index]), recordedAt };
    return refusal(append, status ?? '', { revision, recordedAt });
  });
}

/** `{a,b,NULL}` of values that need no quotes. */
const listOf = (text: string | null): readonly string[] => (text === null ? [] : text.slice(1, -1).split(','));

function refusal(append: EncodedAppend, status: string, at: { revision: number; recordedAt: number }): LogError {
  const { stream, expected } = append;
  switch (status) {
    case 'CONFLICT':
      return new LogError('RevisionConflict', `${stream} is at ${at.revision}, not at ${expected}`, { stream, expected, actual: at.revision });
    case 'MISMATCH':
      return new LogError('DuplicateMismatch', `an event id of this append stands in the log at another place or with other bytes`, { stream, expected });
    case 'CLOCK_BEHIND':
      return new LogError('ClockBehind', 'the clock is behind the last recorded event', { recordedAt: at.recordedAt, clock: at.revision });
    case 'LEASED':
      return new LogError('Unavailable', 'this log is simulated, and another holds its writer lease', { stream });
    case 'INSTANT_MISSING':
      return new LogError('InvalidEvent', 'each append to a simulated log gives its instant', { stream });
    case 'AHEAD':
      return new LogError('InvalidEvent', 'no event is dated after the real now', { stream, clock: at.revision });
    case 'NOT_SIMULATED':
      return new LogError('InvalidEvent', 'this log takes its time from the clock, not from its writer', { stream });
    default:
      return new LogError('Unavailable', `the append function answered ${status}`, { stream });
  }
}
