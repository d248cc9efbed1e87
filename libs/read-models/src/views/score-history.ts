import { scoreChange, type Day, type Recorded, type ScoreChange, type ScoreFigures } from '@assay/domain';
import type { ColumnDefinitions } from '../view/columns.js';
import type { HistoryEntry, KeyChange } from '../view/view.js';

/** Who and what moved a score, and why. */
export interface ScoreHistoryRow {
  /** Position and revision of the append's last event that touched the score. */
  readonly position: number;
  /** Milliseconds since 1970-01-01T00:00:00Z: when we were told. */
  readonly recordedAt: number;
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  /** The human at the root of the causation chain; where nobody was, who appended it. */
  readonly actor: string;
  /** The policy that allowed it. */
  readonly authority: string;
  readonly reason: string | null;
  /** The business day it is true from: of a fact its day, else the event's own; null where it names none. */
  readonly effectiveOn: Day | null;
  /** What differs; a member is there only where it does. */
  readonly change: ScoreChange;
  readonly before: ScoreTotals | null;
  readonly after: ScoreTotals;
}
/** The figures around a change. Total in points. */
export type ScoreTotals = Pick<ScoreFigures, 'status' | 'total' | 'grade' | 'provisional'>;

/** What a history row is made from: any document that shows a score. */
interface Scored {
  readonly score: ScoreFigures;
}

/** Columns by which a score history is filtered. */
export const scoreHistoryColumns: ColumnDefinitions<ScoreHistoryRow> = {
  actor: { type: 'text', of: (row) => row.actor },
  type: { type: 'text', of: (row) => row.type },
  effectiveOn: { type: 'date', of: (row) => row.effectiveOn },
};

/** One row per append after which total, grade, status or an indicator differs (`architecture.md`, History and replay). */
export function scoreHistoryRows({ before, after, events }: KeyChange<Scored>): readonly HistoryEntry<ScoreHistoryRow>[] {
  const event = events.at(-1);
  if (after === null || event === undefined) return [];
  const change = scoreChange(before?.score ?? null, after.score);
  if (change === null) return [];
  const { id: eventId, position, recordedAt, type, stream, meta } = event;
  return [
    {
      row: {
        position,
        recordedAt,
        eventId,
        type,
        stream,
        actor: meta.rootActor ?? meta.actor,
        authority: meta.authority,
        reason: meta.reason ?? null,
        effectiveOn: occurredOn(event) ?? meta.effectiveOn ?? null,
        change,
        before: before === null ? null : totalsOf(before.score),
        after: totalsOf(after.score),
      },
    },
  ];
}

const totalsOf = ({ status, total, grade, provisional }: ScoreFigures): ScoreTotals => ({ status, total, grade, provisional });

/** The day of a fact, which its event carries in its data. */
function occurredOn({ data }: Recorded): Day | undefined {
  const isDated = typeof data === 'object' && data !== null && 'occurredOn' in data;
  return isDated && typeof data.occurredOn === 'string' ? data.occurredOn : undefined;
}
