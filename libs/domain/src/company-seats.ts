import { z } from 'zod';
import { assent, ballotInput, canBeAssented, decline, isOpen, seat, SEATS } from './assent.js';
import type { Committee, Seat } from './assent.js';
import type { CompanyEvent, SeatChange } from './company.events.js';
import { alternatesOf, committeeOn, holderOf } from './company.state.js';
import type { OpenCompany } from './company.state.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext, Rejection } from './kernel/decision.js';
import { maxDay } from './kernel/day.js';
import { never } from './kernel/defect.js';
import { day, uuid } from './kernel/schema.js';
import type { Day } from './kernel/schema.js';

/** The commands of `company` that concern seats and alternates. */
export const seatCommands = defineCommands({
  FillSeat: {
    doc: 'Give a committee seat to a person; proposed to the committee once all seats were filled.',
    input: z.strictObject({ seat, holder: uuid, from: day }),
  },
  VacateSeat: {
    doc: 'End the term of a seat’s holder; proposed to the committee once all seats were filled.',
    input: z.strictObject({ seat, from: day }),
  },
  NameAlternates: {
    doc: 'Name who stands in for a seat, at least two; proposed to the committee once all seats were filled.',
    input: z.strictObject({ seat, alternates: z.array(uuid).max(20), from: day }),
  },
  AssentToSeatChange: { doc: 'A seat assents to the proposed seat change; the second makes it.', input: ballotInput },
  DeclineSeatChange: { doc: 'A seat declines the proposed seat change.', input: ballotInput },
});
export type SeatCommand = CommandOf<typeof seatCommands>;

/** What the company must know of the people a command names. */
export interface CompanyWorld extends DecisionContext {
  /** People named by the command or acting in the committee: `HERE`, or `LEFT` by today; who is absent is unknown. */
  readonly people: Readonly<Record<string, 'HERE' | 'LEFT'>>;
}

/** Decides what concerns seats and alternates; a part of `decideCompany`, which says what it promises. */
export function decideSeats(state: OpenCompany, command: SeatCommand, world: CompanyWorld): Decision<CompanyEvent> {
  switch (command.type) {
    case 'FillSeat':
      return change(state, { kind: 'FILL', alternates: [], ...command.data }, world);
    case 'VacateSeat':
      return change(state, { kind: 'VACATE', holder: null, alternates: [], ...command.data }, world);
    case 'NameAlternates':
      return change(state, { kind: 'ALTERNATES', holder: null, ...command.data }, world);
    case 'AssentToSeatChange':
    case 'DeclineSeatChange':
      return ballot(state, command, world);
    default:
      return never(command);
  }
}

function change(state: OpenCompany, wanted: SeatChange, world: CompanyWorld): Decision<CompanyEvent> {
  const refused = refuse(state, wanted, world);
  if (refused) return refused;
  const committee = actingToday(state, world);
  const open = state.seatChange;
  if (open && isOpen(open.proposal, { committee, excluded: concerned(state, open.change) }))
    return reject('PROPOSAL_OPEN', fact('proposal', open.proposal.eventId, 'ID'));
  const everyFilled = SEATS.every((one) => state.terms.some(({ seat, holder }) => seat === one && holder !== null));
  if (!everyFilled || !canBeAssented(committee, [])) return accept(done(wanted, world.today));
  // Seats that could assent if somebody else proposed: no reason to go round them.
  if (!canBeAssented(committee, [world.actor, ...concerned(state, wanted)])) return reject('SEATS_INCOMPLETE');
  return accept({ type: 'SeatChangeProposed', data: { change: wanted } });
}

function refuse(state: OpenCompany, wanted: SeatChange, world: CompanyWorld): Rejection | null {
  const people = wanted.holder === null ? wanted.alternates : [wanted.holder];
  const refused = peopleRefused(people, state, world);
  if (refused) return refused;
  if (wanted.from < world.today || state.terms.some((term) => term.seat === wanted.seat && term.from > wanted.from))
    return reject('DATED_OUT_OF_ORDER');
  if (wanted.kind === 'ALTERNATES' && new Set(wanted.alternates).size < 2) return reject('ALTERNATES_TOO_FEW');
  if (new Set(wanted.alternates).size < wanted.alternates.length) return reject('ALTERNATES_TOO_FEW');
  if (unchanged(state, wanted)) return reject('NOTHING_CHANGES');
  const taken = people.find((person) => SEATS.some((one) => sits(state, person, { seat: one, on: wanted.from })));
  return taken === undefined ? null : reject('SEAT_TAKEN', fact('person', taken, 'ID'));
}

const sits = (state: OpenCompany, person: string, { seat, on }: { readonly seat: Seat; readonly on: Day }): boolean =>
  holderOf(state, seat, on) === person;

function unchanged(state: OpenCompany, { kind, seat, holder, alternates, from }: SeatChange): boolean {
  if (kind === 'ALTERNATES') return alternatesOf(state, seat, from).join() === alternates.join();
  return holderOf(state, seat, from) === holder;
}

function ballot(
  state: OpenCompany,
  command: Extract<SeatCommand, { readonly type: 'AssentToSeatChange' | 'DeclineSeatChange' }>,
  world: CompanyWorld,
): Decision<CompanyEvent> {
  if (state.seatChange === null) return reject('PROPOSAL_NOT_OPEN');
  const { proposal, change: wanted } = state.seatChange;
  const judge = command.type === 'AssentToSeatChange' ? assent : decline;
  const cast = judge(proposal, command.data, {
    actor: world.actor,
    committee: actingToday(state, world),
    excluded: concerned(state, wanted),
  });
  if ('rejected' in cast) return cast;
  return cast.outcome === 'ASSENTED'
    ? accept<CompanyEvent>(cast.event, done(wanted, world.today))
    : accept<CompanyEvent>(cast.event);
}

/** Whom a change is about: they have no voice in it. */
function concerned(state: OpenCompany, { kind, seat, holder, alternates, from }: SeatChange): readonly string[] {
  const now = kind === 'ALTERNATES' ? null : holderOf(state, seat, from);
  return [...alternates, ...[holder, now].filter((person) => person !== null)];
}

/** The event that makes a change; assented to after its day, it holds from today on. */
function done({ kind, seat, holder, alternates, from: wanted }: SeatChange, today: Day): CompanyEvent {
  const from = maxDay(wanted, today);
  if (kind === 'ALTERNATES') return { type: 'AlternateNamed', data: { seat, alternates: [...alternates], from } };
  return holder === null
    ? { type: 'SeatVacated', data: { seat, from } }
    : { type: 'SeatFilled', data: { seat, holder, from } };
}

function actingToday(state: OpenCompany, { people, today }: CompanyWorld): Committee {
  const gone = Object.keys(people).filter((person) => people[person] === 'LEFT');
  return committeeOn(state, today, gone);
}

/** Why people cannot be given something: unknown, or gone. The first administrator may not have joined as a person. */
export function peopleRefused(
  people: readonly string[],
  { admin }: OpenCompany,
  world: CompanyWorld,
): Rejection | null {
  for (const person of people) {
    const standing = world.people[person] ?? (person === admin.personId ? 'HERE' : undefined);
    if (standing === undefined) return reject('PERSON_UNKNOWN', fact('person', person, 'ID'));
    if (standing === 'LEFT') return reject('PERSON_LEFT', fact('person', person, 'ID'));
  }
  return null;
}
