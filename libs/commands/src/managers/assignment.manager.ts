import {
  assignmentOn,
  headOf,
  superiorOf,
  type AppraisalState,
  type CycleState,
  type KnownAppraisal,
  type KnownPerson,
  type Recorded,
  type Segment,
} from '@assay/domain';
import { appraisalFold, companyFold, cycleFold, personFold, schemeFold, templateFold } from '../folds.js';
import type { ProcessManager, Reaction, SystemCommand } from '../process.js';
import { segmentsIn } from '../segments.js';
import { groupedBy } from './grouped.js';

type OpenCycle = Exclude<CycleState, { readonly status: 'ABSENT' }>;

/** A person's appraisals in one cycle, with the segments that the directory says there are now. */
interface Case {
  readonly cause: Recorded;
  readonly person: KnownPerson;
  readonly cycle: OpenCycle;
  readonly appraisals: readonly KnownAppraisal[];
  readonly segments: readonly Segment[];
}

/**
 * Follows the directory into the unpublished appraisals (`domain.md`, Appraisals): a transfer or leave cuts the span, a
 * transfer opens the next segment, a new manager alone takes the superior's place.
 */
export const assignmentManager: ProcessManager = {
  name: 'assignments',
  types: ['PersonTransferred', 'PersonLeft'],
  react: async (events, at) => {
    const commands = await Promise.all(events.map((event) => commandsOf(event, at)));
    return commands.flat();
  },
};

async function commandsOf(cause: Recorded, at: Reaction): Promise<readonly SystemCommand[]> {
  const person = await at.reader.state(personFold, cause.stream);
  if (person.status === 'ABSENT') return [];
  const ids = await at.finder.appraisalsOf({ personId: person.personId }, at.reader.position);
  const states = await Promise.all(ids.map((id): Promise<AppraisalState> => at.reader.state(appraisalFold, `appraisal-${id}`)));
  const appraisals = states.filter((state) => state.status !== 'ABSENT');
  const byCycle = groupedBy(appraisals, ({ cycle }) => cycle);
  const cases = await Promise.all([...byCycle].map(([stream, own]) => caseOf({ cause, person, stream, appraisals: own }, at)));
  const commands = await Promise.all(cases.map(async (one) => (one === null ? [] : [...spansOf(one), ...superiorsOf(one), ...(await openingsOf(one, at))])));
  return commands.flat();
}

async function caseOf(
  of: { readonly cause: Recorded; readonly person: KnownPerson; readonly stream: string; readonly appraisals: readonly KnownAppraisal[] },
  { reader, finder }: Reaction,
): Promise<Case | null> {
  const cycle = await reader.state(cycleFold, of.stream);
  if (cycle.status === 'ABSENT' || cycle.status === 'CLOSED') return null;
  const ids = await finder.schemes(reader.position);
  const schemes = await Promise.all(ids.map((id) => reader.state(schemeFold, `scheme-${id}`)));
  return { cause: of.cause, person: of.person, cycle, appraisals: of.appraisals, segments: segmentsIn(of.person, cycle, schemes) };
}

const unpublished = ({ appraisals }: Case): readonly KnownAppraisal[] => appraisals.filter(({ revisions }) => revisions.length === 0);

function spansOf(one: Case): readonly SystemCommand[] {
  return unpublished(one).flatMap((appraisal) => {
    const segment = one.segments.find(({ from }) => from === appraisal.segmentFrom);
    const eligible = segment === undefined ? null : { from: segment.from, to: segment.to };
    const same = eligible?.from === appraisal.eligible?.from && eligible?.to === appraisal.eligible?.to;
    if (same) return [];
    const directory = [...new Set([...(segment?.eventIds ?? appraisal.directory), one.cause.id])].slice(-DIRECTORY_MAX);
    return [command(one, appraisal, { type: 'ChangeSpan', data: { eligible, directory } })];
  });
}

/** As many directory events as `AppraisalSpanChanged` names. */
const DIRECTORY_MAX = 50;

/** The superior is who manages on the last eligible day: evaluation comes after the period. */
function superiorsOf(one: Case): readonly SystemCommand[] {
  return unpublished(one).flatMap((appraisal) => {
    const segment = one.segments.find(({ from }) => from === appraisal.segmentFrom);
    const before = appraisal.places.find(({ kind, replaced }) => kind === 'SUPERIOR' && !replaced);
    const manager = segment === undefined ? null : (assignmentOn(one.person, segment.to)?.manager ?? null);
    const moved = one.cause.type === 'PersonTransferred' && manager !== null && manager !== superiorOf(appraisal) && before !== undefined;
    // Only where the superior was the manager until now: whom HR put there stays.
    const managed = segment?.managers.some((entry) => entry.manager === before?.evaluatorId) === true || before?.evaluatorId === appraisal.managerId;
    return moved && managed ? [command(one, appraisal, { type: 'ReassignEvaluator', data: { kind: 'SUPERIOR', replaced: before.evaluatorId, evaluatorId: manager } })] : [];
  });
}

function command({ cause, person }: Case, appraisal: KnownAppraisal, what: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }): SystemCommand {
  return { aggregate: 'appraisal', id: appraisal.appraisalId, ...what, cause, key: person.personId, part: appraisal.appraisalId };
}

/** The segments that have no appraisal yet, after one that has; only of a role that a scheme appraises. */
async function openingsOf(one: Case, at: Reaction): Promise<readonly SystemCommand[]> {
  if (one.cause.type !== 'PersonTransferred' || one.cycle.status !== 'OPEN') return [];
  const opened = one.appraisals.map(({ segmentFrom }) => segmentFrom);
  const first = opened.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? '';
  const missing = one.segments.filter(({ from, scheme }) => from > first && !opened.includes(from) && scheme !== null);
  return Promise.all(
    missing.map(async (segment) => ({
      aggregate: 'appraisal',
      type: 'OpenAppraisal',
      data: { personId: one.person.personId, cycle: one.cycle.cycle, segmentFrom: segment.from, evaluators: await crossDepartment(segment, one, at) },
      cause: one.cause,
      key: one.person.personId,
      part: `${one.cycle.cycle} ${segment.from}`,
    })),
  );
}

/** Who rates from other departments: the heads of the units that the role's template names for the level. */
async function crossDepartment({ role, from, scheme }: Segment, one: Case, { reader, finder }: Reaction): Promise<readonly { readonly kind: string; readonly evaluatorId: string }[]> {
  const [template, company, schemes] = await Promise.all([reader.state(templateFold, `template-${role}`), reader.state(companyFold, 'company'), finder.schemes(reader.position)]);
  const rating = schemes.includes(scheme ?? '') ? await reader.state(schemeFold, `scheme-${scheme ?? ''}`) : null;
  const versions = rating === null || rating.status === 'ABSENT' ? [] : rating.versions.filter(({ effectiveFrom }) => effectiveFrom <= from);
  const due = versions.at(-1)?.content.indicators.some(({ raters }) => raters.includes('CROSS_DEPARTMENT')) === true;
  if (!due || template.status === 'ABSENT' || company.status === 'ABSENT') return [];
  const units = template.template.levels.find(({ level }) => level === one.cycle.level)?.evaluatorUnits ?? [];
  const heads = units.flatMap((unit) => headOf(company, unit, from) ?? []);
  return [...new Set(heads)].filter((head) => head !== one.person.personId).map((evaluatorId) => ({ kind: 'CROSS_DEPARTMENT', evaluatorId }));
}
