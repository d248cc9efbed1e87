import { z } from 'zod';
import { daysInclusive, type Span } from './kernel/day.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import { assert, never } from './kernel/defect.js';
import type { BasisEntry, RecordedOf } from './kernel/event.js';
import { code, uuid } from './kernel/schema.js';
import { derivationDigest } from './appraisal-score.js';
import type { KnownAppraisal } from './appraisal.state.js';
import type { CompositeEvent, CompositePart } from './composite.events.js';
import type { KnownCycle } from './cycle.state.js';
import { schemeInForce, type SchemeInForce, type SchemeState, type SchemeVersion } from './scheme.js';
import { composite } from './scoring/engines.js';
import type { CompositeInput } from './scoring/input.js';
import type { CompositeResult } from './scoring/result.js';

/** The commands of `composite-<personId>-<year>` (`domain.md`, Appraisals). */
export const compositeCommands = defineCommands({
  PublishComposite: {
    doc: 'Compose a person’s year of its final results.',
    input: z.strictObject({ personId: uuid, year: code }),
    creates: true,
  },
  ReviseComposite: { doc: 'Follow the new revision of a part.', input: z.strictObject({}), system: true },
});
export type CompositeCommand = CommandOf<typeof compositeCommands>;

/** A published revision; `eventId` is its publication. */
export type CompositeRevision = Readonly<CompositeEvent['data']> & {
  readonly eventId: string;
  readonly publishedBy: string;
};
/** `PUBLISHED` from the first revision on; the last is in force. */
export type CompositeState =
  | { readonly status: 'ABSENT' }
  | {
      readonly status: 'PUBLISHED';
      readonly personId: string;
      readonly year: string;
      readonly revisions: readonly CompositeRevision[];
    };
/** Before the first publication. */
export const initialComposite: CompositeState = { status: 'ABSENT' };

/** What a composite is decided on, folded at the basis. */
export interface CompositeWorld extends DecisionContext {
  readonly basis: readonly BasisEntry[];
  /** The `YEAR` cycle of the code named; null where it does not exist. */
  readonly yearCycle: Pick<KnownCycle, 'period' | 'cutOff'> | null;
  /** `yearSchemeOf`; for a revision the version that the first one names. */
  readonly scheme: SchemeInForce | 'AMBIGUOUS' | null;
  /** Every appraisal of the person; those of other years are left out here. */
  readonly appraisals: readonly KnownAppraisal[];
}

/** The stream of a person's year: one per person and year (`COMPOSITE_EXISTS`). */
export const compositeStreamOf = (personId: string, year: string): string => `composite-${personId}-${year}`;

/** The fold of `composite-<personId>-<year>`. */
export function evolveComposite(state: CompositeState, event: RecordedOf<CompositeEvent>): CompositeState {
  const { personId, year } = event.data;
  const revisions = state.status === 'ABSENT' ? [] : state.revisions;
  return {
    status: 'PUBLISHED',
    personId,
    year,
    revisions: [...revisions, { ...event.data, eventId: event.id, publishedBy: event.meta.actor }],
  };
}

/**
 * Decides a command on a composite. Rejects in this order `PART_NOT_FINAL` (naming the appraisal), `YEAR_NOT_OVER`,
 * `COMPOSITE_EXISTS`, `NO_YEAR_SCHEME`, `SCHEME_AMBIGUOUS`. A revision that would change no part appends nothing, and
 * waits while a part is not final again.
 */
export function decideComposite(
  state: CompositeState,
  command: CompositeCommand,
  world: CompositeWorld,
): Decision<CompositeEvent> {
  switch (command.type) {
    case 'PublishComposite':
      return publish(state, command.data, world);
    case 'ReviseComposite':
      return revise(state, world);
    default:
      return never(command);
  }
}

type Naming = Extract<CompositeCommand, { readonly type: 'PublishComposite' }>['data'];

function publish(state: CompositeState, of: Naming, world: CompositeWorld): Decision<CompositeEvent> {
  const { yearCycle, scheme } = world;
  const appraisals = yearCycle === null ? [] : partsOf(world.appraisals, yearCycle.period, versionIn(scheme));
  const open = appraisals.find(({ status }) => status !== 'FINAL');
  if (open !== undefined) return reject('PART_NOT_FINAL', fact('appraisal', open.appraisalId, 'ID'));
  if ((yearCycle?.cutOff ?? null) === null) return reject('YEAR_NOT_OVER');
  if (state.status !== 'ABSENT') return reject('COMPOSITE_EXISTS');
  if (scheme === 'AMBIGUOUS') return reject('SCHEME_AMBIGUOUS');
  if (scheme === null || scheme.version.content.cycleWeights === null) return reject('NO_YEAR_SCHEME');
  return accept(published(of, { parts: appraisals.map(partOf), scheme, revision: 1, cause: 'PUBLICATION' }, world));
}

/** The same parts under the same version; only a new revision of one of them makes the next. */
function revise(state: CompositeState, world: CompositeWorld): Decision<CompositeEvent> {
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  const { scheme, appraisals } = world;
  const last = state.revisions.at(-1);
  if (last === undefined || scheme === null || scheme === 'AMBIGUOUS') return accept();
  const same = scheme.schemeId === last.schemeId && scheme.version.number === last.schemeVersion;
  assert(same, 'a composite keeps the scheme version it was published under', { scheme: last.schemeId });
  const held = last.parts.flatMap(({ appraisalId }) => appraisals.find((one) => one.appraisalId === appraisalId) ?? []);
  if (held.some(({ status }) => status !== 'FINAL')) return accept();
  const parts = held.map(partOf);
  if (parts.every(({ scoreEventId }, index) => scoreEventId === last.parts[index]?.scoreEventId)) return accept();
  return accept(published(state, { parts, scheme, revision: last.revision + 1, cause: 'PART_REVISED' }, world));
}

interface Revising {
  readonly parts: readonly CompositePart[];
  readonly scheme: SchemeInForce;
  readonly revision: number;
  readonly cause: CompositeEvent['data']['cause'];
}

function published(
  { personId, year }: Naming,
  { parts, scheme, revision, cause }: Revising,
  world: CompositeWorld,
): CompositeEvent {
  const { status, total, grade, coverage, engineVersion, derivation } = compositeOf(parts, scheme.version);
  return {
    type: 'CompositePublished',
    data: {
      ...{ personId, year, revision, publishedOn: world.today, parts: [...parts], status, total, grade, coverage },
      schemeId: scheme.schemeId,
      schemeVersion: scheme.version.number,
      engineVersion,
      basis: [...world.basis],
      derivationDigest: derivationDigest(derivation),
      cause,
    },
  };
}

/**
 * The composite of parts under the pinned version (`scoring.md` §9), with its derivation down to the publications. The
 * minimum of days is not asked again: each appraisal was judged by its own scheme's when it was published.
 */
export function compositeOf(
  parts: readonly CompositePart[],
  version: SchemeVersion,
  engineVersion?: string,
): CompositeResult {
  const { cycleWeights, minimumCoverage, rounding, bands } = version.content;
  assert(cycleWeights !== null, 'a composite is made by a scheme with cycle weights', { scheme: version.eventId });
  const keys = [...new Set(parts.map((part) => `${part.level} ${part.code}`))];
  const periods = keys.flatMap((key): CompositeInput['periods'] => {
    const own = parts.filter((part) => `${part.level} ${part.code}` === key);
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        level: first.level,
        code: first.code,
        segments: own.map(({ days, total, scoreEventId }) => ({ days, total, eventId: scoreEventId })),
      },
    ];
  });
  const minimumSegmentDays = { MONTH: 0, QUARTER: 0, YEAR: 0 };
  return composite(
    { weights: cycleWeights, minimumCoverage, minimumSegmentDays, rounding, bands, periods, eventId: version.eventId },
    engineVersion,
  );
}

/** A published revision recomputed by its engine from what its event holds, and whether it is the same digit by digit. */
export function publishedComposite(
  revision: CompositeRevision,
  version: SchemeVersion,
): { readonly composite: CompositeResult; readonly agrees: boolean } {
  const again = compositeOf(revision.parts, version, revision.engineVersion);
  const same =
    again.status === revision.status &&
    again.total === revision.total &&
    again.grade === revision.grade &&
    again.coverage === revision.coverage;
  return { composite: again, agrees: same && derivationDigest(again.derivation) === revision.derivationDigest };
}

/** What the year's scheme follows from. */
export interface YearSchemeQuestion {
  readonly appraisals: readonly KnownAppraisal[];
  readonly schemes: readonly SchemeState[];
  readonly period: Span;
  /** The person's last role of the year; null where they had none. */
  readonly lastRole: string | null;
}
/**
 * The version that makes a year: the one pinned by the `YEAR` appraisal of its last segment; where there is none, the
 * last role's `YEAR` scheme on the year's last day (`scoring.md` §9). Null: none.
 */
export function yearSchemeOf({
  appraisals,
  schemes,
  period,
  lastRole,
}: YearSchemeQuestion): SchemeInForce | 'AMBIGUOUS' | null {
  const pinned = inYear(appraisals, period).findLast(({ level }) => level === 'YEAR');
  if (pinned === undefined)
    return lastRole === null ? null : schemeInForce(schemes, lastRole, { level: 'YEAR', on: period.to });
  const scheme = schemes.find((one) => one.status !== 'ABSENT' && one.schemeId === pinned.schemeId);
  const version =
    scheme === undefined || scheme.status === 'ABSENT'
      ? undefined
      : scheme.versions.find(({ number }) => number === pinned.schemeVersion);
  return version === undefined ? null : { schemeId: pinned.schemeId, version };
}

const versionIn = (scheme: CompositeWorld['scheme']): SchemeVersion | null =>
  scheme === null || scheme === 'AMBIGUOUS' ? null : scheme.version;

/** The year's appraisals of the levels that have a weight, each level's in order of their days. */
function partsOf(
  appraisals: readonly KnownAppraisal[],
  period: Span,
  version: SchemeVersion | null,
): readonly KnownAppraisal[] {
  const weights = version?.content.cycleWeights ?? null;
  return inYear(appraisals, period).filter(({ level }) => weights === null || weights[level] !== undefined);
}

const inYear = (appraisals: readonly KnownAppraisal[], period: Span): readonly KnownAppraisal[] =>
  appraisals
    .filter((one) => period.from <= one.period.from && one.period.to <= period.to)
    .toSorted(
      (a, b) =>
        compare(a.level, b.level) || compare(a.period.from, b.period.from) || compare(a.segmentFrom, b.segmentFrom),
    );

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function partOf(appraisal: KnownAppraisal): CompositePart {
  const { appraisalId, level, cycle, segmentFrom, eligible, revisions } = appraisal;
  const last = revisions.at(-1);
  assert(last !== undefined, 'a final appraisal has a published revision', { appraisal: appraisalId });
  const { revision, eventId: scoreEventId, total } = last;
  const days = eligible === null ? 0 : daysInclusive(eligible.from, eligible.to);
  return {
    appraisalId,
    revision,
    scoreEventId,
    level,
    code: cycle.slice(`cycle-${level}-`.length),
    segmentFrom,
    days,
    total,
  };
}
