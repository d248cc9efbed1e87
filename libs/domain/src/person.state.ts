import { addDays, dayNumber, dayOfNumber, intersect } from './kernel/day.js';
import type { Span } from './kernel/day.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';
import type { PersonEvent } from './person.events.js';

/** A dated entry of the directory and the event that made it; it holds until the next one's day. */
export interface Assignment {
  readonly role: string;
  readonly unit: string;
  readonly manager: string | null;
  readonly from: Day;
  readonly eventId: string;
}
interface PersonBody {
  readonly personId: string;
  readonly name: string;
  /** Days ascend strictly. */
  readonly assignments: readonly Assignment[];
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[];
  readonly sourceAccounts: readonly { readonly source: string; readonly keyDigest: string }[];
}
/** `LEFT` once a departure is recorded, though its day may be to come: `hasLeft` compares. */
export type PersonState =
  | { readonly status: 'ABSENT' }
  | ({ readonly status: 'HERE' } & PersonBody)
  | ({ readonly status: 'LEFT'; readonly leftFrom: Day; readonly leftEventId: string } & PersonBody);
export type KnownPerson = Exclude<PersonState, { readonly status: 'ABSENT' }>;
export const initialPerson: PersonState = { status: 'ABSENT' };

/** The fold of `person-<id>` (`domain.md`, People). */
export function evolvePerson(state: PersonState, event: RecordedOf<PersonEvent>): PersonState {
  if (event.type === 'PersonJoined') {
    const { personId, name, ...entry } = event.data;
    const assignments = [{ ...entry, eventId: event.id }];
    return { status: 'HERE', personId, name, assignments, identities: [], sourceAccounts: [] };
  }
  assert(state.status !== 'ABSENT', 'a person begins with PersonJoined', { event: event.type });
  switch (event.type) {
    case 'IdentityLinked':
      return { ...state, identities: [...state.identities, event.data] };
    case 'SourceAccountLinked':
      return { ...state, sourceAccounts: [...state.sourceAccounts, event.data] };
    case 'PersonTransferred':
      return { ...state, assignments: [...state.assignments, { ...event.data, eventId: event.id }] };
    case 'PersonLeft':
      return { ...state, status: 'LEFT', leftFrom: event.data.from, leftEventId: event.id };
    default:
      return never(event);
  }
}

/** Whether the person has left by a day (that day included). */
export const hasLeft = (person: PersonState, on: Day): boolean => person.status === 'LEFT' && person.leftFrom <= on;

/** The directory's entry for a day; null before the person joined and from the day they left. */
export function assignmentOn(person: PersonState, on: Day): Assignment | null {
  if (person.status === 'ABSENT' || hasLeft(person, on)) return null;
  return person.assignments.findLast(({ from }) => from <= on) ?? null;
}

/** The directory's entries inside a span in order, each cut to its days there; a change of manager makes an entry too. */
export function assignmentsIn(person: PersonState, span: Span): readonly (Assignment & { readonly to: Day })[] {
  if (person.status === 'ABSENT') return [];
  const last = person.status === 'LEFT' ? addDays(person.leftFrom, -1) : span.to;
  return person.assignments.flatMap((assignment, index) => {
    const next = person.assignments[index + 1];
    const end = next === undefined || next.from > last ? last : addDays(next.from, -1);
    const days = intersect({ from: assignment.from, to: end < span.to ? end : span.to }, span);
    return days === null ? [] : [{ ...assignment, ...days }];
  });
}

/** A maximal run of days with the same role, unit and scheme (`domain.md`, Appraisals). */
export interface Segment extends Span {
  readonly role: string;
  readonly unit: string;
  /** What `schemeOf` said; null where no scheme applies. */
  readonly scheme: string | null;
  /** Managers in order, each from a day of the segment on; a new manager alone begins no segment. */
  readonly managers: readonly { readonly manager: string | null; readonly from: Day }[];
  /** The directory events that its edges and entries rest on. */
  readonly eventIds: readonly string[];
}

/**
 * The segments of a span, in order. `schemeOf` names the scheme in force for a role on a day (its id, not its version:
 * a segment pins the version of its first day). Days without an assignment belong to none.
 */
export function segmentsOf(
  person: PersonState,
  span: Span,
  schemeOf: (role: string, on: Day) => string | null,
): readonly Segment[] {
  const runs = assignmentsIn(person, span).flatMap((assignment) => schemeRuns(assignment, schemeOf));
  const joined = runs.reduce<readonly Segment[]>((done, run) => {
    const last = done.at(-1);
    const same = last?.role === run.role && last.unit === run.unit && last.scheme === run.scheme;
    return last && same ? [...done.slice(0, -1), join(last, run)] : [...done, run];
  }, []);
  return joined.map((segment) => {
    const ended = segment.to < span.to ? endedBy(person, addDays(segment.to, 1)) : [];
    return { ...segment, eventIds: [...segment.eventIds, ...ended] };
  });
}

/**
 * The person without what was not yet true at the end of a day: later assignments, a later departure (`architecture.md`,
 * History and replay, `effectiveOn`). Null: not yet joined.
 */
export function personOnlyUpTo(person: PersonState, on: Day): PersonState | null {
  if (person.status === 'ABSENT') return person;
  const assignments = person.assignments.filter(({ from }) => from <= on);
  if (assignments.length === 0) return null;
  if (person.status === 'HERE' || person.leftFrom <= on) return { ...person, assignments };
  const { leftFrom: _from, leftEventId: _eventId, ...body } = person;
  return { ...body, status: 'HERE', assignments };
}

function schemeRuns(
  { role, unit, manager, from, to, eventId }: Assignment & { readonly to: Day },
  schemeOf: (role: string, on: Day) => string | null,
): readonly Segment[] {
  let runs: readonly Segment[] = [];
  for (let number = dayNumber(from); number <= dayNumber(to); number += 1) {
    const on = dayOfNumber(number);
    const scheme = schemeOf(role, on);
    const last = runs.at(-1);
    const begun = { from: on, to: on, role, unit, scheme, managers: [{ manager, from: on }], eventIds: [eventId] };
    runs =
      last?.scheme === scheme && last !== undefined ? [...runs.slice(0, -1), { ...last, to: on }] : [...runs, begun];
  }
  return runs;
}

/** The directory event that ends what the day before held: a transfer, or the departure. */
function endedBy(person: PersonState, next: Day): readonly string[] {
  if (person.status === 'ABSENT') return [];
  if (person.status === 'LEFT' && person.leftFrom === next) return [person.leftEventId];
  return person.assignments.filter(({ from }) => from === next).map(({ eventId }) => eventId);
}

function join(first: Segment, second: Segment): Segment {
  const manager = first.managers.at(-1)?.manager;
  const changed = second.managers.filter((entry, index) => index > 0 || entry.manager !== manager);
  return {
    ...first,
    to: second.to,
    managers: [...first.managers, ...changed],
    eventIds: [...first.eventIds, ...second.eventIds.filter((id) => !first.eventIds.includes(id))],
  };
}
