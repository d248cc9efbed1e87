import { Field, Int, ObjectType } from '@nestjs/graphql';
import { GRANTED_ROLES, seatChange, type AlternateList, type CalendarVersion, type Grant, type Integration, type KnownCompany, type Proposal, type SeatChange, type SeatTerm, type Unit } from '@assay/domain';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, UuidScalar } from '../edge/scalars.js';
import type { Shown } from '../reading/moment.js';
import { DocumentView, NamesType, ProposalView, SeatEnum, ShownView } from './document.view.js';
import { connectionType } from '../edge/connection.view.js';

const GrantedRoleEnum = enumOf('GrantedRole', GRANTED_ROLES);
const SeatChangeType = objectTypeOf('SeatChange', seatChange);
const CompanyStatusEnum = enumOf('CompanyStatus', ['OPEN', 'CLOSED']);
const LogClockEnum = enumOf('LogClock', ['REAL', 'SIMULATED']);

/** Who heads a unit from a day on. */
@ObjectType('UnitHead', { description: 'Who heads a unit from a day on.' })
export class UnitHeadView {
  @Field(() => UuidScalar, { nullable: true, name: 'headId', description: 'Id of the person; null: nobody.' })
  head: string | null;
  @Field(() => DateScalar, { description: 'First day.' })
  from: string;
}

/** A unit of the company. */
@ObjectType('Unit', { implements: [Node], description: 'A unit of the company.' })
export class UnitView extends Node implements Unit {
  @Field(() => String, { description: 'Its code; as the owner of targets and facts it is `unit:` and the code.' })
  code: string;
  @Field(() => NamesType, { description: 'Its names.' })
  names: Unit['names'];
  @Field(() => String, { nullable: true, description: 'Code of the unit above; null at the top.' })
  parent: string | null;
  @Field(() => DateScalar, { description: 'First day of its existence.' })
  from: string;
  @Field(() => [UnitHeadView], { description: 'Its heads in recorded order.' })
  heads: Unit['heads'];
  @Field(() => ShownView, { description: 'The moment it shows.' })
  shown: Shown;
}

/** Units page by page. */
export const UnitConnection = connectionType(UnitView, 'Unit');

/** A version of the working calendar. */
@ObjectType('CalendarVersion', { description: 'A version of the working calendar, in force from a day until a later version’s.' })
export class CalendarVersionView implements CalendarVersion {
  @Field(() => Int, { description: 'Number, from 1.' })
  version: number;
  @Field(() => [Int], { description: 'Working weekdays, 1 Monday to 7 Sunday.' })
  weekdays: readonly number[];
  @Field(() => [DateScalar], { description: 'Days off on a working weekday.' })
  holidays: readonly string[];
  @Field(() => [DateScalar], { description: 'Days worked though the weekday says no.' })
  makeUpDays: readonly string[];
  @Field(() => DateScalar, { description: 'First day in force.' })
  from: string;
}

/** A role granted to a person. */
@ObjectType('RoleGrant', { description: 'A role granted to a person.' })
export class RoleGrantView implements Grant {
  @Field(() => UuidScalar, { name: 'personId', description: 'Id of the person.' })
  person: string;
  @Field(() => GrantedRoleEnum, { description: 'The role.' })
  role: Grant['role'];
  @Field(() => DateScalar, { description: 'First day.' })
  from: string;
  @Field(() => DateScalar, { nullable: true, description: 'First day on which it no longer holds; null while nothing ends it.' })
  until: string | null;
}

/** A registered integration. */
@ObjectType('Integration', { description: 'A system that may deliver facts.' })
export class IntegrationView implements Omit<Integration, 'issuer' | 'subject'> {
  @Field(() => UuidScalar, { description: 'Id of the registration.' })
  integrationId: string;
  @Field(() => String, { description: 'Its name.' })
  name: string;
  @Field(() => String, { nullable: true, description: 'Issuer of its tokens. Null where hidden from you: ADMIN and AUDITOR see it.' })
  issuer: string | null;
  @Field(() => String, { nullable: true, description: 'Subject of its tokens. Null where hidden from you: ADMIN and AUDITOR see it.' })
  subject: string | null;
  @Field(() => [String], { description: 'Codes of the sources it may deliver from.' })
  sources: readonly string[];
  @Field(() => [String], { description: 'Codes of the metrics it may deliver.' })
  metrics: readonly string[];
}

/** Who holds a committee seat. */
@ObjectType('SeatTerm', { description: 'Who holds a committee seat from a day on.' })
export class SeatTermView implements SeatTerm {
  @Field(() => SeatEnum, { description: 'The seat.' })
  seat: SeatTerm['seat'];
  @Field(() => UuidScalar, { nullable: true, name: 'holderId', description: 'Id of the holder; null: nobody, and the alternates stand in.' })
  holder: string | null;
  @Field(() => DateScalar, { description: 'First day.' })
  from: string;
}

/** Who stands in for a seat. */
@ObjectType('SeatAlternates', { description: 'Who stands in for a committee seat from a day on, in order.' })
export class SeatAlternatesView implements AlternateList {
  @Field(() => SeatEnum, { description: 'The seat.' })
  seat: AlternateList['seat'];
  @Field(() => [UuidScalar], { name: 'alternateIds', description: 'Ids of people, in order.' })
  alternates: readonly string[];
  @Field(() => DateScalar, { description: 'First day.' })
  from: string;
}

/** A seat change before the committee. */
@ObjectType('SeatChangeProposal', { description: 'A change of a seat or of its alternates that the committee has to assent to.' })
export class SeatChangeProposalView {
  @Field(() => ProposalView, { description: 'The proposal and its votes.' })
  proposal: Proposal;
  @Field(() => SeatChangeType, { description: 'What it would do.' })
  change: SeatChange;
}

/** The company that the log is of. */
@ObjectType('Company', { implements: [Node], description: 'The company that the log is of.' })
export class CompanyView extends DocumentView implements Pick<KnownCompany, 'logId' | 'status' | 'grants' | 'calendars' | 'terms' | 'alternates' | 'seatChange'> {
  @Field(() => UuidScalar, { description: 'Id of the log.' })
  logId: string;
  @Field(() => CompanyStatusEnum, { description: 'A closed log takes no command.' })
  status: KnownCompany['status'];
  @Field(() => String, { description: 'Its name.' })
  name: string;
  @Field(() => String, { description: 'IANA name of its time zone, in which every day is counted.' })
  timeZone: string;
  @Field(() => Int, { description: 'First month of the business year, 1 to 12.' })
  businessYearFirstMonth: number;
  @Field(() => LogClockEnum, { description: 'A simulated log took its clock from a loader.' })
  clock: KnownCompany['clock'];
  @Field(() => [CalendarVersionView], { description: 'Versions of the working calendar, in order.' })
  calendars: KnownCompany['calendars'];
  @Field(() => [RoleGrantView], { description: 'Roles granted, ended ones too.' })
  grants: KnownCompany['grants'];
  @Field(() => [IntegrationView], { description: 'Registered integrations.' })
  integrations: readonly IntegrationView[];
  @Field(() => [SeatTermView], { name: 'seats', description: 'Who held the committee seats, in recorded order; the last of a seat holds.' })
  terms: KnownCompany['terms'];
  @Field(() => [SeatAlternatesView], { description: 'Who stands in for the seats, in recorded order.' })
  alternates: KnownCompany['alternates'];
  @Field(() => SeatChangeProposalView, { nullable: true, description: 'The last seat change proposed, until it is done; null where none is on its way.' })
  seatChange: KnownCompany['seatChange'];
}
