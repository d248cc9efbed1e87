import { z } from 'zod';
import { assentEvents, seat } from './assent.js';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { code, day, names, oneOf, personalText, shape, text, uuid } from './kernel/schema.js';

/** Roles that are granted; the others follow from the directory, the seats and registrations. */
export const GRANTED_ROLES = ['MARKETING_HEAD', 'HR', 'FINANCE', 'AUDITOR', 'ADMIN'] as const;
export type GrantedRole = (typeof GRANTED_ROLES)[number];
/** A granted role as a field of events and commands. */
export const grantedRole = oneOf('GrantedRole', GRANTED_ROLES);

/** IANA name of a time zone, e.g. `Asia/Shanghai`; whether it exists is for who knows the zones to check. */
export const timeZone = text(64).regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, 'an IANA time zone');

/** Who a token says somebody is. A subject may be a name or a mail address, so it is encrypted like one. */
export const identityFields = { issuer: text(300), subject: personalText(300) };

/** The fields of a calendar version beside its number; `kernel/calendar.ts` reckons with them. */
export const calendarFields = {
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7),
  holidays: z.array(day).max(400),
  makeUpDays: z.array(day).max(400),
  from: day,
};

/** What a seat change would do; `holder` with `FILL` only, `alternates` with `ALTERNATES` only. */
export const seatChange = shape('SeatChange', {
  kind: oneOf('SeatChangeKind', ['FILL', 'VACATE', 'ALTERNATES']),
  seat,
  holder: uuid.nullable(),
  alternates: z.array(uuid).max(20),
  from: day,
});
export type SeatChange = Readonly<z.infer<typeof seatChange>>;

/** Events of the one stream `company` (`domain.md`, Company). */
export const companyEvents = defineEvents({
  LogOpened: {
    version: 1,
    doc: 'The log begins: its company, time zone, business year, clock and first administrator. The first event, once.',
    data: z.strictObject({
      logId: uuid,
      name: text(200),
      timeZone,
      businessYearFirstMonth: z.int().min(1).max(12),
      clock: oneOf('LogClock', ['REAL', 'SIMULATED']),
      admin: shape('FirstAdmin', { personId: uuid, ...identityFields }),
    }),
  },
  SimulationEnded: {
    version: 1,
    doc: 'A simulated log runs on with the real clock; `offset` is what is added to it, in milliseconds.',
    data: z.strictObject({ offset: z.int() }),
  },
  ClockStepAccepted: {
    version: 1,
    doc: 'An administrator accepted that the clock stands behind the log; time stands still until it has caught up.',
    data: z.strictObject({ acceptedOn: day }),
  },
  LogClosed: { version: 1, doc: 'Nothing more is recorded in this log.', data: z.strictObject({ closedOn: day }) },
  LogReopened: {
    version: 1,
    doc: 'A closed log was moved to another engine and is recorded in there; where it was, it stays closed.',
    data: z.strictObject({ reopenedOn: day, reason: text(300) }),
  },
  UnitDefined: {
    version: 1,
    doc: 'A unit of the company exists from a day on.',
    data: z.strictObject({ code, names, parent: code.nullable(), head: uuid.nullable(), from: day }),
  },
  UnitHeadChanged: {
    version: 1,
    doc: 'A unit has another head, or none, from a day on.',
    data: z.strictObject({ code, head: uuid.nullable(), from: day }),
  },
  CalendarPublished: {
    version: 1,
    doc: 'A version of the working calendar: weekdays, holidays and make-up working days from a day on.',
    data: z.strictObject({ version: z.int().min(1), ...calendarFields }),
  },
  RoleGranted: {
    version: 1,
    doc: 'A person has a role from a day on.',
    data: z.strictObject({ person: uuid, role: grantedRole, from: day }),
  },
  RoleRevoked: {
    version: 1,
    doc: 'A person no longer has a role from a day on.',
    data: z.strictObject({ person: uuid, role: grantedRole, from: day }),
  },
  IntegrationRegistered: {
    version: 1,
    doc: 'A system may deliver facts of these metrics from these sources; registered again, it has what the last one says.',
    data: z.strictObject({
      integrationId: uuid,
      name: text(120),
      issuer: text(300),
      subject: text(300),
      sources: z.array(code).min(1).max(100),
      metrics: z.array(code).max(500),
    }),
  },
  SeatChangeProposed: {
    version: 1,
    doc: 'A change of a seat or of its alternates was laid before the committee, which once filled assents to it.',
    data: z.strictObject({ change: seatChange }),
  },
  ...assentEvents,
  SeatFilled: {
    version: 1,
    doc: 'A person holds a committee seat from a day on.',
    data: z.strictObject({ seat, holder: uuid, from: day }),
  },
  SeatVacated: {
    version: 1,
    doc: 'Nobody holds a committee seat from a day on; its alternates stand in.',
    data: z.strictObject({ seat, from: day }),
  },
  AlternateNamed: {
    version: 1,
    doc: 'Who stands in for a seat, in order.',
    data: z.strictObject({ seat, alternates: z.array(uuid).min(2).max(20), from: day }),
  },
});
export type CompanyEvent = EventOf<typeof companyEvents>;
