import {
  commandCatalogue,
  mayAppraisal,
  mayCompany,
  mayComposite,
  mayCycle,
  mayFacts,
  mayGoal,
  mayImport,
  mayMetric,
  mayPerson,
  mayScheme,
  mayTarget,
  mayTemplate,
  scoreSight,
  seesIdentities,
  unitOwner,
  visibleAppraisals,
  visibleCompany,
  visibleComposites,
  visibleCycles,
  visibleFacts,
  visibleGoals,
  visibleImports,
  visibleMetrics,
  visiblePeople,
  visibleRecalibrations,
  visibleSchemes,
  visibleTargets,
  visibleTemplates,
  type CommandDefinitions,
  type KnownAppraisal,
  type Principal,
  type Role,
  type Verdict,
  type Visibility,
} from '@assay/domain';
import { cell, DO_NOT_EDIT } from './reference-rules.js';

/** Whose thing it is that is read or commanded, and the unit it belongs to. */
const OWNER = '00000000-0000-4000-8000-000000000001';
const ELSE = '00000000-0000-4000-8000-000000000002';
const UNIT = 'U';
const METRIC = 'm';
const SOURCE = 's';
const RECALIBRATION = '00000000-0000-4000-8000-00000000000a';

const person = (roles: readonly Role[], more: Partial<Principal> = {}): Principal => ({ personId: ELSE, roles: new Set(roles), manages: new Set(), heads: new Set(), seats: new Set(), ...more });
const granted = (role: Role): Principal => person([role]);

/** Everybody there is, by what makes them who they are to the thing: a role, or a relation to it. */
const WHO: Readonly<Record<string, Principal>> = {
  EMPLOYEE: person(['EMPLOYEE']),
  OWNER: person(['EMPLOYEE'], { personId: OWNER }),
  MANAGER: person(['EMPLOYEE', 'MANAGER'], { manages: new Set([OWNER]) }),
  UNIT_HEAD: person(['EMPLOYEE'], { heads: new Set([UNIT]) }),
  SUPERIOR: person(['EMPLOYEE'], { personId: 'superior' }),
  EVALUATOR: person(['EMPLOYEE'], { personId: 'evaluator' }),
  REQUESTER: person(['EMPLOYEE'], { personId: 'requester' }),
  COMMITTEE: person(['COMMITTEE'], { seats: new Set(['MARKETING_DIRECTOR', 'HR', 'FINANCE']) }),
  MARKETING_HEAD: granted('MARKETING_HEAD'),
  HR: granted('HR'),
  FINANCE: granted('FINANCE'),
  AUDITOR: granted('AUDITOR'),
  ADMIN: granted('ADMIN'),
  INTEGRATION: person(['INTEGRATION'], { integration: { sources: [SOURCE], metrics: [METRIC] } }),
};

/** The parts of states and commands that the policies look at. */
const appraisal = { status: 'SEALED', subjectId: OWNER, managerId: 'superior', places: [{ kind: 'CROSS_DEPARTMENT', evaluatorId: 'evaluator', replaced: false, late: false }], evaluations: [], indicators: [{ code: 'i', metric: METRIC }] };
const cycle = { status: 'OPEN', recalibrations: [{ recalibrationId: RECALIBRATION, requester: 'requester' }] };
const data = { owner: OWNER, metric: METRIC, source: SOURCE, facts: [{ source: SOURCE }], personId: OWNER, seat: 'HR', recalibration: RECALIBRATION, add: [{ owner: OWNER }], indicator: 'i' };

interface Case {
  readonly name: string;
  readonly verdict: (principal: Principal) => Verdict;
}
type Policy = (principal: Principal, command: never, of: never) => Verdict;

/** A policy asked about a command; what it does not look at is left out. */
function asked(policy: Policy, type: string, { of = {}, more = {} }: { readonly of?: object; readonly more?: object } = {}): Case['verdict'] {
  // The policies read no more of commands and states than is made here; the table's own check would show a crash.
  return (principal) => policy(principal, { type, data: { ...data, ...more } } as never, of as never);
}

const PROPOSED = ['NOT_APPLICABLE', 'UNAVAILABLE', 'UNAVAILABLE_WAIVED'] as const;
const unit = unitOwner(UNIT);
const simple = (policy: Policy) => (type: string): readonly Case[] => [{ name: type, verdict: asked(policy, type) }];

/** How each aggregate's commands are asked about; some in several cases, where the answer depends on whose it is. */
const CASES: Readonly<Record<keyof typeof commandCatalogue, (type: string) => readonly Case[]>> = {
  company: simple(mayCompany),
  person: simple(mayPerson),
  template: simple(mayTemplate),
  metric: simple(mayMetric),
  goal: simple(mayGoal),
  scheme: simple(mayScheme),
  import: simple(mayImport),
  composite: simple(mayComposite),
  facts: simple(mayFacts),
  target: (type) => [
    { name: type, verdict: asked(mayTarget, type, { of: { state: { status: 'LIVE', owner: OWNER } } }) },
    { name: `${type}, of a unit`, verdict: asked(mayTarget, type, { of: { state: { status: 'LIVE', owner: unit } }, more: { owner: unit } }) },
  ],
  cycle: (type) => [{ name: type, verdict: asked(mayCycle, type, { of: { state: cycle, world: { targets: {} } } }) }],
  appraisal: (type) =>
    type === 'ProposeIndicatorState'
      ? PROPOSED.map((state) => ({ name: `${type}, ${state}`, verdict: asked(mayAppraisal, type, { of: { state: appraisal }, more: { state } }) }))
      : [{ name: type, verdict: asked(mayAppraisal, type, { of: { state: appraisal } }) }],
};

const VISIBLE: Readonly<Record<string, (principal: Principal) => Visibility>> = {
  'company, units': visibleCompany,
  people: visiblePeople,
  templates: visibleTemplates,
  metrics: visibleMetrics,
  facts: visibleFacts,
  'goals, goalCascade': visibleGoals,
  'targets, progressBoard': visibleTargets,
  cycles: visibleCycles,
  recalibrations: visibleRecalibrations,
  schemes: visibleSchemes,
  appraisals: visibleAppraisals,
  composites: visibleComposites,
  imports: visibleImports,
};

const sightOf = (principal: Principal): string => {
  const visible = visibleAppraisals(principal);
  // The state above has all that sight is judged by.
  return visible === 'NONE' ? 'none' : scoreSight(appraisal as unknown as KnownAppraisal, principal);
};
const yes = (holds: boolean): string => (holds ? 'yes' : '');

/** Fields that are null for some of those who may read the object, by what decides it. */
const FIELDS: Readonly<Record<string, (principal: Principal) => string>> = {
  'Appraisal.score, total, grade, revisions (figures); scoreHistory, explainScore, compareScore': sightOf,
  'Appraisal.evaluations (ratings, comments), once unsealed': (principal) => (principal.personId === 'evaluator' ? 'own' : yes(sightOf(principal) === 'FULL')),
  'Appraisal.evaluations (ratings, comments), while sealed': (principal) => (['evaluator', 'superior', OWNER].includes(principal.personId) ? 'own' : ''),
  'Person.identities; Integration.issuer, subject; the same in events': (principal) => yes(seesIdentities(principal)),
  'Cycle.recalibrationsCount': (principal) => yes(visibleRecalibrations(principal) === 'ALL'),
  'Log.projections': ({ roles }) => yes(roles.has('ADMIN') || roles.has('AUDITOR')),
};

const columns = Object.keys(WHO);
const head = (first: string): readonly string[] => [`| ${[first, ...columns].join(' | ')} |`, `| ${['---', ...columns.map(() => ':-:')].join(' | ')} |`];
const row = (name: string, cells: readonly string[]): string => `| ${[cell(name), ...cells].join(' | ')} |`;

function verdictText(verdict: Verdict): string {
  if ('authority' in verdict) return 'yes';
  return verdict.denied === 'OWN_CASE' ? 'own case' : '';
}

function rowsText(visibility: Visibility): string {
  if (typeof visibility === 'string') return visibility === 'ALL' ? 'all' : '';
  return 'own';
}

/** `docs/reference/access.md`: every command and every kind of row by who asks, as the policies themselves answer. */
export function accessPage(): string {
  const tables: Readonly<Record<string, CommandDefinitions>> = commandCatalogue;
  const commands = Object.entries(CASES).flatMap(([aggregate, casesOf]) => {
    const table = tables[aggregate] ?? {};
    const types = Object.entries(table).flatMap(([type, { system }]) => (system ? [] : [type]));
    const lines = types.flatMap(casesOf).map(({ name, verdict }) => row(`\`${name}\``, Object.values(WHO).map((who) => verdictText(verdict(who)))));
    return [`### ${aggregate}`, '', ...head('command'), ...lines, ''];
  });
  const reads = Object.entries(VISIBLE).map(([name, visible]) => row(name, Object.values(WHO).map((who) => rowsText(visible(who)))));
  const fields = Object.entries(FIELDS).map(([name, shows]) => row(name, Object.values(WHO).map(shows)));
  return [DO_NOT_EDIT, '# Access', '', ...INTRO, '', '## Rows', '', ...head('lists and nodes'), ...reads, '', '## Fields', '', ...head('field'), ...fields, '', '## Commands', '', ...commands].join('\n');
}

const INTRO = [
  'A token says who asks; the log says what they may. Every root field demands a person or integration of the log, `codeLabel` nobody. What may not be read is answered as what is not there; what may be read but not commanded is `FORBIDDEN`.',
  '',
  '- A column is somebody who has that role alone, or who is `OWNER` (or subject), `MANAGER`, `SUPERIOR`, `EVALUATOR` or `REQUESTER` of the very thing, or heads the unit that owns it (`UNIT_HEAD`). Whoever is several of these may what each of them may; `AUDITOR` takes every write away.',
  '- Rows: `all`, or `own`, those that name the reader, somebody they manage, or a unit they head. Events are read by whoever reads what they happened to.',
  '- Commands: nobody acts in their own case (`OWN_CASE`), whatever their role. Commands of the system alone are left out.',
  '- Score figures: `FULL`, or `NONE`. An evaluator put in place after the unsealing sees figures without ratings until theirs is in.',
];
