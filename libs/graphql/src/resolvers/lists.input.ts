import { ArgsType } from '@nestjs/graphql';
import { code, day, fields, level, metricFields, oneOf, ownerId, recalibrationTrigger, uuid } from '@assay/domain';
import { z } from 'zod';
import { listFields, MOVES } from '../reading/list-args.js';
import type { Orders } from '../reading/lists.js';
import { MomentListArgs } from '../reading/moment.input.js';
import { APPRAISAL_STATUSES } from '../views/appraisal.view.js';

const instant = z.string().register(fields, { graphql: 'DateTime' });
const updatedSince = instant.clone().register(fields, { graphql: 'DateTime', description: 'Changed by an event recorded at or after this instant; of a historical list, by then.' });
const cycle = z
  .string()
  .regex(/^cycle-(MONTH|QUARTER|YEAR)-[0-9A-Z-]{4,7}$/)
  .register(fields, { description: 'Stream of the cycle, e.g. cycle-QUARTER-2026Q3.' });
const owners = z.array(ownerId).max(100).register(fields, { description: 'Owners: person ids, or `unit:` and the code of a unit.' });
const from = day.clone().register(fields, { graphql: 'Date', description: 'Periods that end on this day or later.' });
const to = day.clone().register(fields, { graphql: 'Date', description: 'Periods that begin on this day or earlier.' });

/** Filters, as the domain's building blocks make them; what is left out filters nothing. */
export const personFilter = z.strictObject({ unit: code.optional(), role: code.optional(), managerId: uuid.optional(), status: oneOf('PersonStatus', ['HERE', 'LEFT']).optional(), updatedSince: updatedSince.optional() });
export const metricFilter = z.strictObject({ codes: z.array(code).max(100).optional(), accumulation: metricFields.accumulation.optional(), direction: metricFields.direction.optional(), updatedSince: updatedSince.optional() });
export const templateFilter = z.strictObject({ roles: z.array(code).max(100).optional(), updatedSince: updatedSince.optional() });
export const goalFilter = z.strictObject({ unit: code.optional(), metric: code.optional(), parentId: uuid.optional(), status: oneOf('GoalStatus', ['LIVE', 'RETIRED']).optional(), from: from.optional(), to: to.optional(), updatedSince: updatedSince.optional() });
export const targetFilter = z.strictObject({
  owners: owners.optional(),
  unit: code.optional(),
  role: code.optional(),
  metric: code.optional(),
  goalId: uuid.optional(),
  cycle: cycle.optional(),
  level: level.optional(),
  status: oneOf('TargetStatus', ['LIVE', 'WITHDRAWN']).optional(),
  from: from.optional(),
  to: to.optional(),
  updatedSince: updatedSince.optional(),
});
export const cycleFilter = z.strictObject({ level: level.optional(), status: oneOf('CycleStatus', ['OPEN', 'CUT_OFF', 'CLOSED']).optional(), from: from.optional(), to: to.optional(), updatedSince: updatedSince.optional() });
export const recalibrationFilter = z.strictObject({
  cycle: cycle.optional(),
  status: oneOf('RecalibrationStatus', ['FEEDBACK', 'DECIDABLE', 'APPLYING', 'APPLIED', 'REJECTED', 'WITHDRAWN']).optional(),
  requesterId: uuid.optional(),
  targetId: uuid.optional(),
  owner: ownerId.optional(),
  metric: code.optional(),
  trigger: recalibrationTrigger.optional(),
  correlationId: uuid.optional(),
  feedbackDueFrom: uuid.clone().register(fields, { graphql: 'UUID', description: 'Id of a person whose feedback is still due.' }).optional(),
  updatedSince: updatedSince.optional(),
});
export const schemeFilter = z.strictObject({ level: level.optional(), role: code.optional(), status: oneOf('SchemeStatus', ['LIVE', 'RETIRED']).optional(), updatedSince: updatedSince.optional() });
export const appraisalFilter = z.strictObject({
  personId: uuid.optional(),
  superiorId: uuid.optional(),
  awaitedFrom: uuid.clone().register(fields, { graphql: 'UUID', description: 'Id of a person whose evaluation is due and not in.' }).optional(),
  targetId: uuid.optional(),
  cycle: cycle.optional(),
  level: level.optional(),
  role: code.optional(),
  unit: code.optional(),
  schemeId: uuid.optional(),
  status: oneOf('AppraisalStatus', APPRAISAL_STATUSES).optional(),
  grade: code.clone().register(fields, { description: 'Grade; then only appraisals of which you see the whole score are listed.' }).optional(),
  from: from.optional(),
  to: to.optional(),
  updatedSince: updatedSince.optional(),
});
export const compositeFilter = z.strictObject({ personId: uuid.optional(), year: code.optional(), grade: code.optional(), updatedSince: updatedSince.optional() });
export const factFilter = z.strictObject({
  owners: owners.optional(),
  metric: code.optional(),
  source: code.optional(),
  factId: z.string().max(200).optional(),
  status: oneOf('FactStatus', ['RECORDED', 'RETRACTED', 'DOUBLE']).optional(),
  from: day.clone().register(fields, { graphql: 'Date', description: 'Happened on this day or later.' }).optional(),
  to: day.clone().register(fields, { graphql: 'Date', description: 'Happened on this day or earlier.' }).optional(),
  updatedSince: updatedSince.optional(),
});

const by = (column: string, direction: 'ASC' | 'DESC' = 'ASC') => ({ column, direction }) as const;
const period = { PERIOD_DESC: by('periodFrom', 'DESC'), PERIOD_ASC: by('periodFrom') };

/** Orders of the lists: words of their enums with columns of the views. */
export const personOrders = { NAME_ASC: by('name'), NAME_DESC: by('name', 'DESC'), UNIT_ASC: by('ownerUnit') } satisfies Orders;
export const metricOrders = { CODE_ASC: by('code'), CODE_DESC: by('code', 'DESC') } satisfies Orders;
export const templateOrders = { ROLE_ASC: by('role'), ROLE_DESC: by('role', 'DESC') } satisfies Orders;
export const goalOrders = { ...period, METRIC_ASC: by('metric') } satisfies Orders;
export const targetOrders = { ...period, OWNER_ASC: by('owner'), ATTAINMENT_ASC: by('attainment'), ATTAINMENT_DESC: by('attainment', 'DESC'), DEVIATION_ASC: by('deviation'), DEVIATION_DESC: by('deviation', 'DESC') } satisfies Orders;
export const cycleOrders = period satisfies Orders;
export const recalibrationOrders = { REQUESTED_DESC: by('requestedAt', 'DESC'), REQUESTED_ASC: by('requestedAt'), FEEDBACK_UNTIL_ASC: by('feedbackUntil') } satisfies Orders;
export const schemeOrders = { NAME_ASC: by('nameEn'), NAME_DESC: by('nameEn', 'DESC') } satisfies Orders;
export const appraisalOrders = { ...period, SUBJECT_ASC: by('subject'), EVALUATIONS_DUE_ASC: by('evaluationsDueOn'), TOTAL_DESC: by('total', 'DESC'), TOTAL_ASC: by('total') } satisfies Orders;
export const compositeOrders = { YEAR_DESC: by('year', 'DESC'), YEAR_ASC: by('year'), TOTAL_DESC: by('total', 'DESC'), TOTAL_ASC: by('total') } satisfies Orders;
export const factOrders = { OCCURRED_DESC: by('occurredOn', 'DESC'), OCCURRED_ASC: by('occurredOn') } satisfies Orders;

type Of<S extends z.ZodType> = Readonly<z.infer<S>> | null;

/** Arguments of `people`. */
@ArgsType()
export class PeopleArgs extends MomentListArgs {
  filter?: Of<typeof personFilter>;
  orderBy?: string | null;
}

/** Arguments of `metrics`. */
@ArgsType()
export class MetricsArgs extends MomentListArgs {
  filter?: Of<typeof metricFilter>;
  orderBy?: string | null;
}

/** Arguments of `templates`. */
@ArgsType()
export class TemplatesArgs extends MomentListArgs {
  filter?: Of<typeof templateFilter>;
  orderBy?: string | null;
}

/** Arguments of `goals`. */
@ArgsType()
export class GoalsArgs extends MomentListArgs {
  filter?: Of<typeof goalFilter>;
  orderBy?: string | null;
}

/** Arguments of `targets`. */
@ArgsType()
export class TargetsArgs extends MomentListArgs {
  filter?: Of<typeof targetFilter>;
  orderBy?: string | null;
}

/** Arguments of `cycles`. */
@ArgsType()
export class CyclesArgs extends MomentListArgs {
  filter?: Of<typeof cycleFilter>;
  orderBy?: string | null;
}

/** Arguments of `recalibrations`. */
@ArgsType()
export class RecalibrationsArgs extends MomentListArgs {
  filter?: Of<typeof recalibrationFilter>;
  orderBy?: string | null;
}

/** Arguments of `schemes`. */
@ArgsType()
export class SchemesArgs extends MomentListArgs {
  filter?: Of<typeof schemeFilter>;
  orderBy?: string | null;
}

/** Arguments of `appraisals`. */
@ArgsType()
export class AppraisalsArgs extends MomentListArgs {
  filter?: Of<typeof appraisalFilter>;
  orderBy?: string | null;
}

/** Arguments of `composites`. */
@ArgsType()
export class CompositesArgs extends MomentListArgs {
  filter?: Of<typeof compositeFilter>;
  orderBy?: string | null;
}

/** Arguments of `facts`. */
@ArgsType()
export class FactsArgs extends MomentListArgs {
  filter?: Of<typeof factFilter>;
  orderBy?: string | null;
}

listFields(PeopleArgs, { name: 'Person', filter: personFilter, orders: personOrders });
listFields(MetricsArgs, { name: 'Metric', filter: metricFilter, orders: metricOrders });
listFields(TemplatesArgs, { name: 'RoleTemplate', filter: templateFilter, orders: templateOrders });
listFields(GoalsArgs, { name: 'Goal', filter: goalFilter, orders: goalOrders });
listFields(TargetsArgs, { name: 'Target', filter: targetFilter, orders: targetOrders, moving: `Of ATTAINMENT and DEVIATION: ${MOVES}` });
listFields(CyclesArgs, { name: 'Cycle', filter: cycleFilter, orders: cycleOrders });
listFields(RecalibrationsArgs, { name: 'Recalibration', filter: recalibrationFilter, orders: recalibrationOrders });
listFields(SchemesArgs, { name: 'Scheme', filter: schemeFilter, orders: schemeOrders });
listFields(AppraisalsArgs, { name: 'Appraisal', filter: appraisalFilter, orders: appraisalOrders, moving: `By TOTAL only appraisals of which you see the whole score are listed. ${MOVES}` });
listFields(CompositesArgs, { name: 'Composite', filter: compositeFilter, orders: compositeOrders, moving: `Of TOTAL: ${MOVES}` });
listFields(FactsArgs, { name: 'Fact', filter: factFilter, orders: factOrders });
