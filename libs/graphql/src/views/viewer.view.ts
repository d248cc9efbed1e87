import { Field, Int, ObjectType } from '@nestjs/graphql';
import { ROLES, type Role, type Seat } from '@assay/domain';
import type { ProjectionMetrics } from '@assay/read-models';
import { enumOf } from '../edge/derive-types.js';
import { DateScalar, DateTimeScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { SeatEnum } from './document.view.js';

const ServeModeEnum = enumOf('ServeMode', ['DEMO', 'PRODUCTION']);
const LogProtectionEnum = enumOf('LogProtection', ['PROTECTED', 'UNPROTECTED']);

const RoleEnum = enumOf('Role', ROLES);

/** Who asks. */
@ObjectType('Viewer', { description: 'Who asks: a token says who, the log says what they may.' })
export class ViewerView {
  @Field(() => UuidScalar, { description: 'Id of the person, or of an integration’s registration.' })
  personId: string;
  @Field(() => [RoleEnum], { description: 'Roles they have today.' })
  roles: readonly Role[];
  @Field(() => [UuidScalar], { description: 'Ids of the people whose directory manager they are today.' })
  managesIds: readonly string[];
  @Field(() => [String], { description: 'Codes of the units they head today.' })
  heads: readonly string[];
  @Field(() => String, { nullable: true, name: 'unitCode', description: 'Code of the unit they belong to today; null where they belong to none.' })
  unit: string | null;
  @Field(() => [SeatEnum], { description: 'Committee seats they hold or stand in for today.' })
  seats: readonly Seat[];
}

/** How far a projection is. */
@ObjectType('Projection', { description: 'A read model and how far it is.' })
export class ProjectionView implements Omit<ProjectionMetrics, 'stopped' | 'led' | 'position'> {
  @Field(() => String, { description: 'Its name.' })
  name: string;
  @Field(() => Int, { description: 'Its version.' })
  version: number;
  @Field(() => PositionScalar, { nullable: true, description: 'Position up to which it shows the log; null before the first event.' })
  position: number | null;
  @Field(() => Int, { description: 'Events of the log it has not taken in.' })
  lag: number;
  @Field(() => Int, { description: 'Documents that are parked.' })
  parked: number;
  @Field(() => Int, { description: 'Times it was tried again since the process began.' })
  retries: number;
  @Field(() => String, { description: 'What it is doing in this process.' })
  status: ProjectionMetrics['status'];
  @Field(() => Boolean, { description: 'Whether it has caught up and may be asked.' })
  live: boolean;
}

/** The log as it is served. */
@ObjectType('Log', { description: 'The log as this process serves it.' })
export class LogView {
  @Field(() => UuidScalar, { name: 'logId', description: 'Id of the log.' })
  logId: string;
  @Field(() => PositionScalar, { nullable: true, description: 'Position of its last event; null of an empty log.' })
  head: number | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the last event was recorded; null of an empty log.' })
  headRecordedAt: number | null;
  @Field(() => DateTimeScalar, { description: 'The log clock: every rule’s today is its day in the company’s time zone.' })
  now: number;
  @Field(() => DateScalar, { description: 'Today by the log clock, in the company’s time zone.' })
  today: string;
  @Field(() => Boolean, { description: 'Whether the log was opened as simulated, ended or not.' })
  simulated: boolean;
  @Field(() => ServeModeEnum, { description: 'How the log is served.' })
  mode: 'DEMO' | 'PRODUCTION';
  @Field(() => LogProtectionEnum, { description: 'Whether the login that serves is unable to change what the log holds.' })
  protection: 'PROTECTED' | 'UNPROTECTED';
  @Field(() => PositionScalar, { nullable: true, description: 'Position that every read model shows at least; null before the first event, and while one is still being built.' })
  position: number | null;
  @Field(() => [ProjectionView], { nullable: true, description: 'The read models. Null where hidden from you: ADMIN and AUDITOR see them.' })
  projections: readonly ProjectionView[] | null;
}
