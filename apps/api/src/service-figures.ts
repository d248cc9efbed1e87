import type { WaitingWork } from '@assay/commands';
import type { ProjectionMetrics } from '@assay/read-models';
import type { ProcessRole, Runtime } from '@assay/runtime';

/** What the log, its projections and its processes say of themselves at one moment. */
export interface ServiceFigures {
  readonly role: ProcessRole;
  readonly head: number;
  readonly clockBehindMs: number;
  readonly isProtected: boolean;
  readonly waitingEvents: number;
  readonly projections: readonly ProjectionMetrics[];
  readonly processes: WaitingWork & { readonly retries: number };
}

/** Asks the parts of an open log for their figures. */
export async function serviceFigures({ role, log, readModels, processes }: Runtime): Promise<ServiceFigures> {
  const [head, clockBehindMs, projections, waiting] = await Promise.all([log.head(), log.clockBehindMs(), readModels.metrics(), processes.waiting()]);
  return { role, head: head.position, clockBehindMs, isProtected: log.protection === 'PROTECTED', waitingEvents: log.waitingEvents, projections, processes: { ...waiting, retries: processes.metrics.retries } };
}

interface Value {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that is asked for at each scrape. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** It only ever grows while the process lives. */
  readonly counts?: boolean;
  /** Null: the log does not answer, and nothing is said. */
  readonly read: (figures: ServiceFigures | null) => readonly Value[];
}

const one = (of: (figures: ServiceFigures) => number) => (figures: ServiceFigures | null) => (figures === null ? [] : [{ value: of(figures) }]);
const each = (of: (projection: ProjectionMetrics) => number) => (figures: ServiceFigures | null) =>
  (figures?.projections ?? []).map((projection) => ({ labels: { projection: `${projection.name}__v${String(projection.version)}` }, value: of(projection) }));
const byProjection = ['projection'];
const yes = (is: boolean): number => (is ? 1 : 0);

/** Every metric that is asked for rather than counted. */
export const FIGURES: readonly Figure[] = [
  { name: 'assay_log_answers', help: '1 where the log and its views answered this scrape; otherwise 0, and what they would say is left out.', read: (figures) => [{ value: yes(figures !== null) }] },
  { name: 'assay_role', help: '1, with what this process is there for as its label.', labelNames: ['role'], read: (figures) => (figures === null ? [] : [{ labels: { role: figures.role }, value: 1 }]) },
  { name: 'assay_log_head_position', help: 'Position of the last event, -1 for an empty log.', read: one(({ head }) => head) },
  { name: 'assay_log_clock_behind_seconds', help: 'How far the clock is behind the last event; past 5 appends are refused.', read: one(({ clockBehindMs }) => clockBehindMs / 1000) },
  { name: 'assay_log_protected', help: '1 where the login that serves cannot change what is recorded.', read: one(({ isProtected }) => yes(isProtected)) },
  { name: 'assay_append_queue_events', help: 'Events that wait to be appended; at 16,384 the answer is Overloaded.', read: one(({ waitingEvents }) => waitingEvents) },
  { name: 'assay_projection_lag_events', help: 'Events of the log that a projection has not taken in.', labelNames: byProjection, read: each(({ lag }) => lag) },
  { name: 'assay_projection_live', help: '1 where a projection answers; 0 while it is being built.', labelNames: byProjection, read: each(({ live }) => yes(live)) },
  { name: 'assay_projection_led', help: '1 where a living process leads a projection, this one or another.', labelNames: byProjection, read: each(({ led }) => yes(led)) },
  { name: 'assay_projection_leading', help: '1 where this process leads a projection.', labelNames: byProjection, read: each(({ status }) => yes(status === 'LEADING')) },
  { name: 'assay_projection_stopped', help: '1 where a projection stopped for good, in this process or, where nobody leads it, in whichever did last.', labelNames: byProjection, read: each(({ stopped }) => yes(stopped !== null)) },
  { name: 'assay_projection_parked_keys', help: 'Keys of a projection that wait for somebody to look at them.', labelNames: byProjection, read: each(({ parked }) => parked) },
  { name: 'assay_projection_retries_total', help: 'Batches taken again by this process after a passing error.', labelNames: byProjection, counts: true, read: each(({ retries }) => retries) },
  { name: 'assay_process_lag_events', help: 'Events that process managers have not followed.', read: one(({ head, processes }) => Math.max(0, head - processes.position)) },
  { name: 'assay_process_led', help: '1 where a living process leads process managers and timers, this one or another.', read: one(({ processes }) => yes(processes.led)) },
  { name: 'assay_process_parked', help: 'Work of process managers and timers that was refused for good and waits for somebody to look at it.', read: one(({ processes }) => processes.parked) },
  { name: 'assay_process_retries_total', help: 'Rounds of process managers and timers that this process began again after an error.', counts: true, read: one(({ processes }) => processes.retries) },
  { name: 'assay_timers_due', help: 'Timers that are due and not fired; counted up to 1,000.', read: one(({ processes }) => processes.due) },
  { name: 'assay_timers_overdue_seconds', help: 'How long the oldest timer that is due has waited.', read: one(({ processes }) => Math.max(0, processes.lateMs / 1000)) },
];
