import type { Type } from '@nestjs/common';
import { Field, ObjectType } from '@nestjs/graphql';
import { enumOf } from '../edge/derive-types.js';
import { PositionScalar } from '../edge/scalars.js';
import { AppraisalView } from '../views/appraisal.view.js';
import { RecalibrationView } from '../views/cycle.view.js';
import { TargetView } from '../views/target.view.js';
import type { ShownEvent } from './event.js';
import { EventView } from './event.view.js';
import { MESSAGE_KINDS, type Message } from './follow.js';

const MessageKindEnum = enumOf('MessageKind', MESSAGE_KINDS);

/** What every message says. */
@ObjectType({ isAbstract: true })
abstract class MessageView {
  @Field(() => MessageKindEnum, { description: 'CHANGE: something happened. POSITION: nothing more for you up to here, sent every 15 s. RESUME_FROM: you fell behind; subscribe again after this position, for the subscription ends here.' })
  kind: Message<unknown>['kind'];
  @Field(() => PositionScalar, { description: 'Position to resume after. Where one event changed several documents, only the last message has its position; those before it have the one before.' })
  position: number;
  @Field(() => EventView, { nullable: true, description: 'The event; null in messages that are no CHANGE, and where hidden from you.' })
  event: ShownEvent | null;
}

/** A message of `eventRecorded`. */
@ObjectType('EventMessage', { description: 'An event was recorded.' })
export class EventMessageView extends MessageView {}

const VIEW = 'as it is at delivery; null in messages that are no CHANGE.';
const viewField = (type: Type, name: string): PropertyDecorator => Field(() => type, { nullable: true, description: `The ${name} ${VIEW}` });

/** A message of `appraisalChanged`. */
@ObjectType('AppraisalMessage', { description: 'An appraisal changed, or what it rests on.' })
export class AppraisalMessageView extends MessageView {
  @viewField(AppraisalView, 'appraisal')
  view: object | null;
}

/** A message of `targetChanged`. */
@ObjectType('TargetMessage', { description: 'A target changed, or what came of it.' })
export class TargetMessageView extends MessageView {
  @viewField(TargetView, 'target')
  view: object | null;
}

/** A message of `recalibrationChanged`. */
@ObjectType('RecalibrationMessage', { description: 'A recalibration moved on.' })
export class RecalibrationMessageView extends MessageView {
  @viewField(RecalibrationView, 'recalibration')
  view: object | null;
}
