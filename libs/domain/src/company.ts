import { z } from 'zod';
import { calendarFields, companyEvents, grantedRole } from './company.events.js';
import type { CompanyEvent } from './company.events.js';
import { decideSeats, peopleRefused, seatCommands } from './company-seats.js';
import type { CompanyWorld } from './company-seats.js';
import { headOf, unitOf } from './company.state.js';
import type { CompanyState, OpenCompany } from './company.state.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { day, uuid } from './kernel/schema.js';

const { SimulationEnded, UnitDefined, UnitHeadChanged, LogOpened, LogReopened, IntegrationRegistered } = companyEvents;
const roleInput = z.strictObject({ person: uuid, role: grantedRole, from: day });

/** The commands of `company` (`domain.md`, Company). */
export const companyCommands = defineCommands({
  OpenLog: { doc: 'Begin the log.', input: LogOpened.data, creates: true, system: true },
  EndSimulation: { doc: 'Let a simulated log run on with the real clock.', input: SimulationEnded.data, system: true },
  AcceptClockStep: {
    doc: 'Accept that the clock stands behind the log.',
    input: z.strictObject({}),
    reason: 'optional',
  },
  CloseLog: { doc: 'Record nothing more in this log.', input: z.strictObject({}), reason: 'optional' },
  ReopenLog: {
    doc: 'Record in a closed log again, which was moved to another engine.',
    input: LogReopened.data.omit({ reopenedOn: true }),
    system: true,
  },
  DefineUnit: { doc: 'Define a unit, with its parent and head.', input: UnitDefined.data },
  ChangeUnitHead: { doc: 'Give a unit another head, or none.', input: UnitHeadChanged.data },
  PublishCalendar: {
    doc: 'Publish a version of the working calendar; after the first one, from today or later.',
    input: z.strictObject(calendarFields),
  },
  GrantRole: { doc: 'Grant a person a role from today or later.', input: roleInput },
  RevokeRole: { doc: 'End a person’s role from today or later.', input: roleInput },
  RegisterIntegration: {
    doc: 'Let a system deliver facts; the same issuer and subject again replaces its sources and metrics.',
    input: IntegrationRegistered.data.omit({ integrationId: true }),
  },
  ...seatCommands,
});
export type CompanyCommand = CommandOf<typeof companyCommands>;

/**
 * Decides a command on the company. Rejects `ALREADY_EXISTS`, `NOT_THERE`, `LOG_CLOSED`, `PERSON_UNKNOWN`,
 * `PERSON_LEFT`, `REFERENCE_UNKNOWN`, `DATED_OUT_OF_ORDER`, `NOTHING_CHANGES`, `CALENDAR_BROKEN`, `SEAT_TAKEN`,
 * `ALTERNATES_TOO_FEW`, `PROPOSAL_OPEN`, `SEATS_INCOMPLETE` and the rules of `assent`.
 *
 * Seats and alternates: until each seat was filled once, the administrator fills them; afterwards the commands append
 * `SeatChangeProposed`, and the second assent appends the change with it. Where the committee as such cannot assent
 * any more (fewer than two can act), the administrator fills it again alone: otherwise nobody ever could.
 */
export function decideCompany(
  state: CompanyState,
  command: CompanyCommand,
  world: CompanyWorld,
): Decision<CompanyEvent> {
  if (command.type === 'OpenLog')
    return state.status === 'ABSENT' ? accept({ type: 'LogOpened', data: command.data }) : reject('ALREADY_EXISTS');
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  if (state.status === 'CLOSED')
    return command.type === 'ReopenLog'
      ? accept({ type: 'LogReopened', data: { reopenedOn: world.today, ...command.data } })
      : reject('LOG_CLOSED');
  switch (command.type) {
    case 'EndSimulation':
      return state.clock === 'SIMULATED' && state.simulationOffset === null
        ? accept({ type: 'SimulationEnded', data: command.data })
        : reject('NOT_THERE');
    case 'AcceptClockStep':
      return accept({ type: 'ClockStepAccepted', data: { acceptedOn: world.today } });
    case 'CloseLog':
      return accept({ type: 'LogClosed', data: { closedOn: world.today } });
    case 'ReopenLog':
      return reject('NOTHING_CHANGES');
    case 'DefineUnit':
      return defineUnit(state, command.data, world);
    case 'ChangeUnitHead':
      return changeUnitHead(state, command.data, world);
    case 'PublishCalendar':
      return publishCalendar(state, command.data, world);
    case 'GrantRole':
      return grantRole(state, command.data, world);
    case 'RevokeRole':
      return revokeRole(state, command.data, world);
    case 'RegisterIntegration':
      return registerIntegration(state, command.data, world);
    case 'FillSeat':
    case 'VacateSeat':
    case 'NameAlternates':
    case 'AssentToSeatChange':
    case 'DeclineSeatChange':
      return decideSeats(state, command, world);
    default:
      return never(command);
  }
}

type Data<T extends CompanyCommand['type']> = Extract<CompanyCommand, { readonly type: T }>['data'];

function defineUnit(state: OpenCompany, data: Data<'DefineUnit'>, world: CompanyWorld): Decision<CompanyEvent> {
  if (unitOf(state, data.code)) return reject('ALREADY_EXISTS', fact('unit', data.code, 'CODE'));
  if (data.parent !== null && !unitOf(state, data.parent))
    return reject('REFERENCE_UNKNOWN', fact('unit', data.parent, 'CODE'));
  const refused = data.head === null ? null : peopleRefused([data.head], state, world);
  return refused ?? accept({ type: 'UnitDefined', data });
}

function changeUnitHead(state: OpenCompany, data: Data<'ChangeUnitHead'>, world: CompanyWorld): Decision<CompanyEvent> {
  const unit = unitOf(state, data.code);
  if (!unit) return reject('NOT_THERE', fact('unit', data.code, 'CODE'));
  const refused = data.head === null ? null : peopleRefused([data.head], state, world);
  if (refused) return refused;
  if (unit.heads.some(({ from }) => from > data.from)) return reject('DATED_OUT_OF_ORDER');
  if (headOf(state, data.code, data.from) === data.head) return reject('NOTHING_CHANGES');
  return accept({ type: 'UnitHeadChanged', data });
}

function publishCalendar(
  state: OpenCompany,
  data: Data<'PublishCalendar'>,
  world: CompanyWorld,
): Decision<CompanyEvent> {
  const days = [...data.holidays, ...data.makeUpDays];
  const repeated = new Set(days).size < days.length || new Set(data.weekdays).size < data.weekdays.length;
  if (repeated) return reject('CALENDAR_BROKEN');
  // Only the first may reach back, so that what was counted under a version stays as it was counted.
  if (state.calendars.length > 0 && data.from < world.today) return reject('DATED_OUT_OF_ORDER');
  return accept({ type: 'CalendarPublished', data: { version: state.calendars.length + 1, ...data } });
}

function grantRole(state: OpenCompany, data: Data<'GrantRole'>, world: CompanyWorld): Decision<CompanyEvent> {
  const refused = peopleRefused([data.person], state, world);
  if (refused) return refused;
  if (data.from < world.today) return reject('DATED_OUT_OF_ORDER');
  return standing(state, data) ? reject('NOTHING_CHANGES') : accept({ type: 'RoleGranted', data });
}

function revokeRole(state: OpenCompany, data: Data<'RevokeRole'>, world: CompanyWorld): Decision<CompanyEvent> {
  if (!standing(state, data)) return reject('NOT_THERE');
  return data.from < world.today ? reject('DATED_OUT_OF_ORDER') : accept({ type: 'RoleRevoked', data });
}

/** Whether a grant of the role stands that nothing ends, in force already or still to come. */
const standing = ({ grants }: OpenCompany, { person, role }: Data<'GrantRole'>): boolean =>
  grants.some((grant) => grant.person === person && grant.role === role && grant.until === null);

function registerIntegration(
  state: OpenCompany,
  data: Data<'RegisterIntegration'>,
  world: CompanyWorld,
): Decision<CompanyEvent> {
  const known = state.integrations.find(({ issuer, subject }) => issuer === data.issuer && subject === data.subject);
  const list = (codes: readonly string[]): string => codes.toSorted((a, b) => (a < b ? -1 : Number(a > b))).join(' ');
  const same =
    known?.name === data.name &&
    list(known.sources) === list(data.sources) &&
    list(known.metrics) === list(data.metrics);
  if (same) return reject('NOTHING_CHANGES');
  return accept({
    type: 'IntegrationRegistered',
    data: { integrationId: known?.integrationId ?? world.newId, ...data },
  });
}
