import { proposalOf, SEATS, withBallot } from './assent.js';
import type { Committee, Proposal, Seat } from './assent.js';
import type { CompanyEvent, GrantedRole, SeatChange } from './company.events.js';
import type { CalendarVersion } from './kernel/calendar.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';

/** A unit with its heads in recorded order; the days of the entries do not descend. */
export interface Unit {
  readonly code: string;
  readonly names: { readonly en: string; readonly zh: string };
  readonly parent: string | null;
  readonly from: Day;
  readonly heads: readonly { readonly head: string | null; readonly from: Day }[];
}
/** A role from `from` up to, not including, `until`. */
export interface Grant {
  readonly person: string;
  readonly role: GrantedRole;
  readonly from: Day;
  readonly until: Day | null;
}
export interface Integration {
  readonly integrationId: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly sources: readonly string[];
  readonly metrics: readonly string[];
}
/** Who holds a seat from a day on, in recorded order; null: nobody. */
export interface SeatTerm {
  readonly seat: Seat;
  readonly holder: string | null;
  readonly from: Day;
}
export interface AlternateList {
  readonly seat: Seat;
  readonly alternates: readonly string[];
  readonly from: Day;
}
interface CompanyBody {
  readonly logId: string;
  readonly name: string;
  readonly timeZone: string;
  /** 1 to 12. */
  readonly businessYearFirstMonth: number;
  readonly clock: 'REAL' | 'SIMULATED';
  /** Of a simulated log that has ended its simulation: milliseconds added to the real clock. Else null. */
  readonly simulationOffset: number | null;
  readonly admin: { readonly personId: string; readonly issuer: string; readonly subject: string };
  readonly units: readonly Unit[];
  readonly calendars: readonly CalendarVersion[];
  readonly grants: readonly Grant[];
  readonly integrations: readonly Integration[];
  readonly terms: readonly SeatTerm[];
  readonly alternates: readonly AlternateList[];
  /** The last seat change proposed, until it is done. */
  readonly seatChange: { readonly proposal: Proposal; readonly change: SeatChange } | null;
}
/** `ABSENT` before `LogOpened`; a `CLOSED` log takes no command but the one that reopens it where it was moved to. */
export type CompanyState =
  | { readonly status: 'ABSENT' }
  | ({ readonly status: 'OPEN' } & CompanyBody)
  | ({ readonly status: 'CLOSED' } & CompanyBody);
export type OpenCompany = Extract<CompanyState, { readonly status: 'OPEN' }>;
export type KnownCompany = Exclude<CompanyState, { readonly status: 'ABSENT' }>;
export const initialCompany: CompanyState = { status: 'ABSENT' };

/** The fold of `company` (`domain.md`, Company). */
export function evolveCompany(state: CompanyState, event: RecordedOf<CompanyEvent>): CompanyState {
  if (event.type === 'LogOpened') {
    const grants: readonly Grant[] = [
      { person: event.data.admin.personId, role: 'ADMIN', from: '0001-01-01', until: null },
    ];
    const none = { units: [], calendars: [], integrations: [], terms: [], alternates: [] };
    return { status: 'OPEN', ...event.data, simulationOffset: null, seatChange: null, grants, ...none };
  }
  assert(state.status !== 'ABSENT', 'a log begins with LogOpened', { event: event.type });
  switch (event.type) {
    case 'SimulationEnded':
      return { ...state, simulationOffset: event.data.offset };
    case 'ClockStepAccepted':
      return state;
    case 'LogClosed':
      return { ...state, status: 'CLOSED' };
    case 'LogReopened':
      return { ...state, status: 'OPEN' };
    case 'UnitDefined': {
      const { head, ...unit } = event.data;
      return { ...state, units: [...state.units, { ...unit, heads: [{ head, from: unit.from }] }] };
    }
    case 'UnitHeadChanged':
      return { ...state, units: state.units.map((unit) => withHead(unit, event.data)) };
    case 'CalendarPublished':
      return { ...state, calendars: [...state.calendars, event.data] };
    case 'RoleGranted':
      return { ...state, grants: [...state.grants, { ...event.data, until: null }] };
    case 'RoleRevoked':
      return { ...state, grants: state.grants.map((grant) => revoked(grant, event.data)) };
    case 'IntegrationRegistered': {
      const others = state.integrations.filter(({ integrationId }) => integrationId !== event.data.integrationId);
      return { ...state, integrations: [...others, event.data] };
    }
    case 'SeatChangeProposed':
    case 'CommitteeAssented':
    case 'CommitteeDeclined':
    case 'SeatFilled':
    case 'SeatVacated':
    case 'AlternateNamed':
      return evolveSeats(state, event);
    default:
      return never(event);
  }
}

type SeatEventType =
  'SeatChangeProposed' | 'CommitteeAssented' | 'CommitteeDeclined' | 'SeatFilled' | 'SeatVacated' | 'AlternateNamed';

function evolveSeats(
  state: KnownCompany,
  event: RecordedOf<Extract<CompanyEvent, { readonly type: SeatEventType }>>,
): KnownCompany {
  switch (event.type) {
    case 'SeatChangeProposed':
      return { ...state, seatChange: { proposal: proposalOf(event), change: event.data.change } };
    case 'CommitteeAssented':
    case 'CommitteeDeclined': {
      const open = state.seatChange;
      return { ...state, seatChange: open && { ...open, proposal: withBallot(open.proposal, event) } };
    }
    // What is done was either proposed and assented to, or needed no assent: nothing is on its way any more.
    case 'SeatFilled':
      return { ...state, seatChange: null, terms: [...state.terms, event.data] };
    case 'SeatVacated':
      return { ...state, seatChange: null, terms: [...state.terms, { ...event.data, holder: null }] };
    case 'AlternateNamed':
      return { ...state, seatChange: null, alternates: [...state.alternates, event.data] };
    default:
      return never(event);
  }
}

/** The unit of a code, or undefined. */
export const unitOf = (company: KnownCompany, unit: string): Unit | undefined =>
  company.units.find(({ code }) => code === unit);

/** Who heads a unit on a day; null where nobody does or there is no such unit. */
export const headOf = (company: KnownCompany, unit: string, on: Day): string | null =>
  unitOf(company, unit)?.heads.findLast(({ from }) => from <= on)?.head ?? null;

/** Codes of the units that a person heads on a day. */
export const unitsHeadedBy = (company: KnownCompany, person: string, on: Day): readonly string[] =>
  company.units.map(({ code }) => code).filter((code) => headOf(company, code, on) === person);

/** Roles granted to a person and in force on a day; the first administrator's is one until it is revoked. */
export function grantedRoles(company: KnownCompany, person: string, on: Day): readonly GrantedRole[] {
  const inForce = (grant: Grant): boolean => grant.from <= on && (grant.until === null || on < grant.until);
  return company.grants.filter((grant) => grant.person === person && inForce(grant)).map(({ role }) => role);
}

/** Who holds a seat on a day, or null. */
export const holderOf = (company: KnownCompany, seat: Seat, on: Day): string | null =>
  company.terms.findLast((term) => term.seat === seat && term.from <= on)?.holder ?? null;

/** Who stands in for a seat on a day, in order. */
export const alternatesOf = (company: KnownCompany, seat: Seat, on: Day): readonly string[] =>
  company.alternates.findLast((list) => list.seat === seat && list.from <= on)?.alternates ?? [];

/**
 * Who may act for each seat on a day: its holder, or while nobody holds it its alternates in their order. `gone` are
 * people who have left: they hold nothing and stand in for nobody (`PersonLeft` ends all rights).
 */
export function committeeOn(company: CompanyState, on: Day, gone: readonly string[] = []): Committee {
  const acting = (seat: Seat): readonly string[] => {
    if (company.status === 'ABSENT') return [];
    const holder = holderOf(company, seat, on);
    if (holder !== null && !gone.includes(holder)) return [holder];
    return alternatesOf(company, seat, on).filter((person) => !gone.includes(person));
  };
  return { MARKETING_DIRECTOR: acting('MARKETING_DIRECTOR'), HR: acting('HR'), FINANCE: acting('FINANCE') };
}

/** Seats of a committee for which a person acts, as holder or alternate. */
export const seatsOf = (committee: Committee, person: string): readonly Seat[] =>
  SEATS.filter((seat) => committee[seat].includes(person));

const withHead = (
  unit: Unit,
  change: { readonly code: string; readonly head: string | null; readonly from: Day },
): Unit =>
  unit.code === change.code ? { ...unit, heads: [...unit.heads, { head: change.head, from: change.from }] } : unit;

const revoked = (
  grant: Grant,
  end: { readonly person: string; readonly role: GrantedRole; readonly from: Day },
): Grant =>
  grant.person === end.person && grant.role === end.role && grant.until === null
    ? { ...grant, until: end.from }
    : grant;
