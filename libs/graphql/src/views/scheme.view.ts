import { Field, Int, ObjectType } from '@nestjs/graphql';
import { compositePart, schemeContent, type CompositeRevision, type PendingVersion, type Proposal, type SchemeContent, type SchemeVersion } from '@assay/domain';
import type { CompositeDocument, FactDocument, SchemeDocument } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { BasisPointsScalar, DateScalar, DecimalScalar, PositionScalar, Sha256Scalar, UuidScalar } from '../edge/scalars.js';
import type { Shown } from '../reading/moment.js';
import { DocumentView, NamesType, ProposalView, ShownView } from './document.view.js';

const SchemeStatusEnum = enumOf('SchemeStatus', ['LIVE', 'RETIRED']);
const CompositePartType = objectTypeOf('CompositePart', compositePart);
const RatingStatusEnum = enumOf('RatingStatus', ['RATED', 'NOT_RATED']);
const CompositeCauseEnum = enumOf('CompositeCause', ['PUBLICATION', 'PART_REVISED']);
const FactStatusEnum = enumOf('FactStatus', ['RECORDED', 'RETRACTED', 'DOUBLE']);

/** What a scheme version says. */
export const SchemeContentType = objectTypeOf('SchemeContent', schemeContent);

/** A published version. */
@ObjectType('SchemeVersion', { description: 'A published version of a scheme; it never changes.' })
export class SchemeVersionView implements SchemeVersion {
  @Field(() => Int, { description: 'Number, from 1.' })
  number: number;
  @Field(() => DateScalar, { description: 'First day on which it is in force.' })
  effectiveFrom: string;
  @Field(() => SchemeContentType, { description: 'What it says.' })
  content: SchemeContent;
  @Field(() => UuidScalar, { description: 'Event that published it.' })
  eventId: string;
}

/** A version on its way. */
@ObjectType('PendingSchemeVersion', { description: 'A version that was proposed and is not published.' })
export class PendingSchemeVersionView implements PendingVersion {
  @Field(() => ProposalView, { description: 'The proposal and its votes.' })
  proposal: Proposal;
  @Field(() => SchemeContentType, { description: 'What it would say.' })
  content: SchemeContent;
  @Field(() => Boolean, { description: 'Two seats assented; it may be published.' })
  approved: boolean;
}

/** A scheme of appraisal. */
@ObjectType('Scheme', { implements: [Node], description: 'The rules by which people of some roles are appraised at one level.' })
export class SchemeView extends DocumentView implements Pick<SchemeDocument, 'schemeId' | 'names' | 'status' | 'pending' | 'versions'> {
  @Field(() => UuidScalar, { description: 'Id of the scheme, as events and inputs name it.' })
  schemeId: string;
  @Field(() => NamesType, { description: 'Its names.' })
  names: SchemeDocument['names'];
  @Field(() => SchemeStatusEnum, { description: 'RETIRED once a day is named from which it pins nothing.' })
  status: SchemeDocument['status'];
  @Field(() => DateScalar, { nullable: true, description: 'First day on which it pins nothing; null while it is live.' })
  retiredFrom?: string | null;
  @Field(() => PendingSchemeVersionView, { nullable: true, description: 'The version on its way; null where none is.' })
  pending: PendingVersion | null;
  @Field(() => [SchemeVersionView], { description: 'Published versions, in order.' })
  versions: readonly SchemeVersion[];
}

/** A published revision of a composite. */
@ObjectType('CompositeRevision', { description: 'A published revision of a person’s composed year.' })
export class CompositeRevisionView implements Pick<CompositeRevision, 'revision' | 'publishedOn' | 'parts' | 'status' | 'total' | 'grade' | 'coverage' | 'cause' | 'eventId'> {
  @Field(() => Int, { description: 'Number, from 1.' })
  revision: number;
  @Field(() => DateScalar, { description: 'Day of publication.' })
  publishedOn: string;
  @Field(() => [CompositePartType], { description: 'The final appraisals it is made of.' })
  parts: CompositeRevision['parts'];
  @Field(() => RatingStatusEnum, { description: 'Whether there is a total and a grade.' })
  status: CompositeRevision['status'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points; null where not rated.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade; null where not rated.' })
  grade: string | null;
  @Field(() => BasisPointsScalar, { description: 'Weights of the levels present.' })
  coverage: number;
  @Field(() => UuidScalar, { description: 'Scheme it was composed under.' })
  schemeId: string;
  @Field(() => Int, { description: 'Version of that scheme.' })
  schemeVersion: number;
  @Field(() => String, { description: 'Engine that reckoned it.' })
  engineVersion: string;
  @Field(() => Sha256Scalar, { description: 'SHA-256 of its derivation.' })
  derivationDigest: string;
  @Field(() => CompositeCauseEnum, { description: 'What brought it about.' })
  cause: CompositeRevision['cause'];
  @Field(() => UuidScalar, { description: 'Event that published it.' })
  eventId: string;
  @Field(() => String, { description: 'Id of the person who published it, or SYSTEM.' })
  publishedBy: string;
}

/** A person's composed year. */
@ObjectType('Composite', { implements: [Node], description: 'A person’s business year, composed of final results.' })
export class CompositeView extends DocumentView implements Pick<CompositeDocument, 'personId' | 'year' | 'status' | 'total' | 'grade' | 'coverage' | 'revisions'> {
  @Field(() => UuidScalar, { description: 'Id of the person.' })
  personId: string;
  @Field(() => String, { description: 'Code of the business year.' })
  year: string;
  @Field(() => RatingStatusEnum, { description: 'Whether there is a total and a grade, by the last revision.' })
  status: CompositeDocument['status'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points by the last revision; null where not rated.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade by the last revision; null where not rated.' })
  grade: string | null;
  @Field(() => BasisPointsScalar, { description: 'Weights of the levels present.' })
  coverage: number;
  @Field(() => [CompositeRevisionView], { description: 'Published revisions; the last is in force.' })
  revisions: CompositeDocument['revisions'];
}

/** A fact in its last wording. */
@ObjectType('Fact', { description: 'What a source measured on a day for an owner, in its last wording. Known by owner, metric, source and the source’s id.' })
export class FactView implements Omit<FactDocument, 'position'> {
  @Field(() => String, { name: 'ownerId', description: 'Owner: a person id, or `unit:` and the code of a unit.' })
  owner: string;
  @Field(() => String, { name: 'metricCode', description: 'Code of the metric.' })
  metric: string;
  @Field(() => String, { description: 'Code of the source.' })
  source: string;
  @Field(() => String, { description: 'The source’s id for it.' })
  factId: string;
  @Field(() => Int, { description: 'The fact’s own revision, from 1.' })
  factRevision: number;
  @Field(() => DateScalar, { description: 'Day it happened.' })
  occurredOn: string;
  @Field(() => DecimalScalar, { description: 'Value in the metric’s unit.' })
  value: string;
  @Field(() => Sha256Scalar, { nullable: true, description: 'SHA-256 of the evidence; null where an integration delivered it without.' })
  evidence: string | null;
  @Field(() => FactStatusEnum, { description: 'DOUBLE: it counts for an earlier owner, and here nowhere.' })
  status: FactDocument['status'];
  @Field(() => String, { description: 'Id of the person or integration that recorded the last wording.' })
  recordedBy: string;
  @Field(() => UuidScalar, { description: 'Event of the last wording.' })
  eventId: string;
  @Field(() => UuidScalar, { nullable: true, description: 'The owner’s manager by the directory’s last entry; null of a unit and at the top.' })
  managerId: string | null;
  @Field(() => String, { nullable: true, name: 'unitCode', description: 'The unit it counts for: the owner’s on the day it happened; null where they had none.' })
  unit: string | null;
  @Field(() => PositionScalar, { description: 'Position that this answer shows.' })
  position: number;
  @Field(() => ShownView, { description: 'The moment it shows.' })
  shown: Shown;
}
