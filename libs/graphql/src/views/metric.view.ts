import { Field, ObjectType } from '@nestjs/graphql';
import { metricFields, templateLevel, type MetricEvent } from '@assay/domain';
import type { MetricDocument, TemplateDocument } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { UuidScalar } from '../edge/scalars.js';
import { DocumentView, NamesType } from './document.view.js';

const TemplateLevelType = objectTypeOf('TemplateLevel', templateLevel);

/** How facts become one actual, and what is good. */
export const AccumulationEnum = enumOf('Accumulation', metricFields.accumulation.options);
export const DirectionEnum = enumOf('Direction', metricFields.direction.options);

/** A metric as it is defined. */
@ObjectType('Metric', { implements: [Node], description: 'What facts measure.' })
export class MetricView extends DocumentView implements Pick<MetricDocument, 'code' | 'names' | 'unit' | 'accumulation' | 'direction' | 'eventId'> {
  @Field(() => String, { description: 'Its code.' })
  code: string;
  @Field(() => NamesType, { description: 'Its names.' })
  names: MetricEvent['data']['names'];
  @Field(() => String, { description: 'What the values count, e.g. CNY or customers.' })
  unit: string;
  @Field(() => AccumulationEnum, { description: 'How facts of a span become one actual.' })
  accumulation: MetricDocument['accumulation'];
  @Field(() => DirectionEnum, { description: 'What is good.' })
  direction: MetricDocument['direction'];
  @Field(() => UuidScalar, { description: 'Event that defined it last.' })
  eventId: string;
}

/** What a role is usually measured by. */
@ObjectType('RoleTemplate', { implements: [Node], description: 'What people of a role are usually given, per level: a proposal to whoever sets targets, binding nobody.' })
export class RoleTemplateView extends DocumentView implements Pick<TemplateDocument, 'role' | 'names' | 'levels'> {
  @Field(() => String, { description: 'Code of the role.' })
  role: string;
  @Field(() => NamesType, { description: 'Names of the role.' })
  names: TemplateDocument['names'];
  @Field(() => [TemplateLevelType], { description: 'One entry for each level.' })
  levels: TemplateDocument['levels'];
}
