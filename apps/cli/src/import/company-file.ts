import { code, day, level, names, schemeProposal } from '@assay/domain';
import { z } from 'zod';

/**
 * What a replay needs beside an export (`api.md`, Import of a CRM export): the people, units, roles, seats, goals, metrics,
 * cycles, schemes and recalibrations of the company, each with its day and the person who acts. People are named by a
 * key of this file; agents and their managers come from the export's teams file. All commands are ordinary ones and all
 * rules hold: the file says who does what when, never what is allowed.
 */
const key = code.describe('Key of a person of this file.');
const acting = { on: day.describe('The day on which it is done.'), by: key.describe('The person who acts.') };

const person = z.strictObject({
  key,
  name: z.string().min(1).max(200),
  role: code,
  unit: code,
  manager: key.nullable(),
});
const unit = z.strictObject({ code, names, parent: code.nullable(), head: key.nullable() });
const metric = z.strictObject({
  code,
  names,
  unit: code,
  accumulation: z.enum(['SUM', 'LATEST', 'AVERAGE']),
  direction: z.enum(['HIGHER', 'LOWER', 'BAND', 'BINARY', 'MILESTONES']),
});
const seat = z.strictObject({
  seat: z.enum(['MARKETING_DIRECTOR', 'HR', 'FINANCE']),
  holder: key,
  alternates: z.array(key).min(2),
});
const scheme = z.strictObject({
  key: code,
  names,
  content: schemeProposal,
  draftedOn: day,
  by: key,
  assents: z
    .array(z.strictObject({ seat: z.enum(['MARKETING_DIRECTOR', 'HR', 'FINANCE']), by: key }))
    .length(2)
    .describe('Two seats, each with the person who acts for it.'),
  publishedOn: day,
  effectiveFrom: day,
});
const goals = z.strictObject({
  ...acting,
  year: z.array(code).describe('Metrics with one company goal for the year; its value follows from the targets.'),
  tolerance: z.int().min(0).max(10_000).describe('Basis points by which the sum of targets may leave a goal.'),
});
const cycle = z.strictObject({
  level,
  code,
  openedOn: day,
  by: key,
  cutOffDays: z.int().min(0).describe('Working days from the last day of the period to the data cut-off.'),
  dueDays: z.int().min(0).describe('Working days from the last day of the period to the day on which evaluations are due.'),
});
const recalibration = z.strictObject({
  cycle: z.string().min(1).describe('The cycle, e.g. QUARTER-2017Q3.'),
  unit: code.describe('The unit whose agents it concerns; each of their managers makes a request.'),
  factors: z.record(z.string(), z.string()).describe('Metric to the factor that its targets are multiplied by, as decimal text.'),
  mode: z.enum(['REPLACE', 'PRORATE']),
  from: day,
  trigger: z.enum(['POLICY_CHANGE', 'COMPETITOR_MOVE', 'MARKET_SHOCK', 'RESOURCE_CHANGE', 'DATA_ERROR', 'OTHER']),
  reason: z.string().min(1).max(1000),
  goalsRevisedOn: day,
  goalsBy: key,
  goalAssents: z.array(z.strictObject({ seat: z.enum(['MARKETING_DIRECTOR', 'HR', 'FINANCE']), by: key })).length(2),
  requestedOn: day,
  feedbackOn: day,
  feedback: z.string().min(1).max(1000),
  decidedOn: day,
  decidedBy: key,
});
const results = z
  .strictObject({
    by: key.describe('The HR officer who opens, publishes and finalizes.'),
    proposer: z.literal('MANAGER').describe('Who proposes not applicable and holds the interviews: the subject’s manager.'),
    rulesNotApplicable: key.describe('Who rules an indicator without facts not applicable.'),
    notApplicableReason: z.string().min(1).max(1000),
    interviewDays: z.int().min(1).describe('Working days after the publication to the interview.'),
    compositesOn: day,
  })
  .describe('What follows each cut-off, by working days.');

export const companyFile = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(200),
  timeZone: z.string().min(1),
  businessYearFirstMonth: z.int().min(1).max(12).default(1),
  openedOn: day,
  administrator: key,
  people: z.array(person).min(1),
  units: z.array(unit),
  agents: z
    .strictObject({ role: code, managerRole: code, managersReportTo: key, unitsUnder: code, joinedOn: day, by: key })
    .describe('How the people of the teams file join: their role, their managers’ role and to whom those report.'),
  roles: z.array(z.strictObject({ person: key, role: z.enum(['MARKETING_HEAD', 'HR', 'FINANCE', 'AUDITOR', 'ADMIN']) })),
  seats: z.array(seat),
  integration: z.strictObject({ subject: z.string().min(1), issuer: z.string().min(1) }),
  metrics: z.array(metric).min(1),
  metricsBy: key,
  schemes: z.array(scheme).min(1),
  goals,
  cycles: z.array(cycle).min(1),
  recalibrations: z.array(recalibration).default([]),
  results,
  endsOn: day.describe('The day on which the simulation ends.'),
});
export type CompanyFile = z.output<typeof companyFile>;
