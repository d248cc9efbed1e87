import { uuidV5, type AppraisalEvent, type CycleEvent, type Day, type Recorded } from '@assay/domain';
import type { Timer } from '../process.js';

/** Event types that set a timer. */
export const TIMED_TYPES: readonly string[] = ['CycleOpened', 'RecalibrationRequested', 'AppraisalOpened'];

interface Due {
  readonly day: Day;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The durable timers (`architecture.md`, Time): the data cut-off, the end of the feedback days, the unsealing at the day
 * that evaluations are due on. Each falls due when its day ends; what has come about by then is no refusal.
 */
export function timersOf(event: Recorded, endOfDay: (day: Day) => number): readonly Timer[] {
  const due = dueOf(event);
  if (due === null) return [];
  const dash = event.stream.indexOf('-');
  const { actor, rootActor, correlationId } = event.meta;
  return [
    {
      id: uuidV5(event.id, due.type),
      dueAt: endOfDay(due.day),
      aggregate: event.stream.slice(0, dash),
      type: due.type,
      streamId: event.stream.slice(dash + 1),
      data: due.data,
      causeEventId: event.id,
      rootActor: actor === 'SYSTEM' ? (rootActor ?? null) : actor,
      correlationId,
    },
  ];
}

/** Payload types follow from the event types: the codec has checked one against the other. */
type DataOf<T extends string> = Extract<CycleEvent | AppraisalEvent, { readonly type: T }>['data'];

function dueOf({ type, data }: Recorded): Due | null {
  switch (type) {
    case 'CycleOpened':
      // As its type says.
      return { day: (data as DataOf<'CycleOpened'>).cutOffOn, type: 'CutOffData', data: {} };
    case 'RecalibrationRequested': {
      // As its type says.
      const { feedbackUntil, recalibration } = data as DataOf<'RecalibrationRequested'>;
      return { day: feedbackUntil, type: 'CloseFeedback', data: { recalibration } };
    }
    case 'AppraisalOpened':
      // As its type says.
      return { day: (data as DataOf<'AppraisalOpened'>).evaluationsDueOn, type: 'Unseal', data: {} };
    default:
      return null;
  }
}
