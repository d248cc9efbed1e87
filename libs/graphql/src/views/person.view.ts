import { Field, ObjectType } from '@nestjs/graphql';
import type { Assignment } from '@assay/domain';
import type { PersonDocument } from '@assay/read-models';
import { enumOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, UuidScalar } from '../edge/scalars.js';
import { DocumentView } from './document.view.js';

const PersonStatusEnum = enumOf('PersonStatus', ['HERE', 'LEFT']);

/** An entry of the directory. */
@ObjectType('Assignment', { description: 'An entry of the directory; it holds from its day until the next one’s.' })
export class AssignmentView implements Assignment {
  @Field(() => String, { description: 'Code of the role.' })
  role: string;
  @Field(() => String, { description: 'Code of the unit.' })
  unit: string;
  @Field(() => UuidScalar, { nullable: true, name: 'managerId', description: 'Id of the manager; null at the top.' })
  manager: string | null;
  @Field(() => DateScalar, { description: 'First day on which it holds.' })
  from: string;
  @Field(() => UuidScalar, { description: 'Event that made it.' })
  eventId: string;
}

/** Who a token says somebody is. */
@ObjectType('Identity', { description: 'Issuer and subject of tokens that are this person’s.' })
export class IdentityView {
  @Field(() => String, { description: 'The issuer.' })
  issuer: string;
  @Field(() => String, { description: 'The subject at that issuer.' })
  subject: string;
}

/** A person of the company. */
@ObjectType('Person', { implements: [Node], description: 'A person of the company with their dated directory entries.' })
export class PersonView extends DocumentView implements Pick<PersonDocument, 'personId' | 'status' | 'assignments'> {
  @Field(() => UuidScalar, { description: 'Id of the person, as events and inputs name it.' })
  personId: string;
  @Field(() => String, { nullable: true, description: 'Name. Null where erased.' })
  name: string | null;
  @Field(() => PersonStatusEnum, { description: 'LEFT once a departure is recorded, though its day may be to come.' })
  status: PersonDocument['status'];
  @Field(() => DateScalar, { nullable: true, description: 'First day on which the person no longer belongs to the company; null while no departure is recorded.' })
  leftFrom?: string | null;
  @Field(() => [AssignmentView], { description: 'The directory entries in the order of their days.' })
  assignments: PersonDocument['assignments'];
}
