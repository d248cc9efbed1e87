import { appraisalStreamNames, flattenDerivation, renderDerivation, type AppraisalScore, type FlatDerivationNode, type KnownAppraisal } from '@assay/domain';
import { appraisalView, eventView, explanationView, recomputePublished, type AppraisalExplanation } from '@assay/read-models';
import { Temporal } from 'temporal-polyfill';
import { badInput } from '../edge/error-codes.js';
import { eventsOf, type Seen } from './appraisal-sight.js';
import { ReplayDocuments } from './replay.js';
import type { Reading } from './reading.js';

/** The most nodes of a derivation that one answer shows. */
export const DERIVATION_NODES_MAX = 5_000;
/** Languages of a derivation. */
export type DerivationLocale = 'en' | 'zh-CN';

/** A score with everything that its explanation shows. */
export interface Explained {
  readonly appraisal: KnownAppraisal;
  readonly score: AppraisalScore;
  readonly publishedRevision: number | null;
  readonly agrees: boolean | null;
  readonly countsOwnRatings: boolean;
  readonly position: number;
  readonly recordedAt: number | null;
  /** Positions of the events that the score may rest on, read when first asked for. */
  readonly positions: () => Promise<ReadonlyMap<string, number>>;
}

/**
 * Why a score is what it is: of a published revision recomputed from its basis, else at the moment shown. Null where the
 * reader sees no figures, and where the revision was not published by then.
 */
export async function explain(reading: Reading, seen: Seen, revision: number | null): Promise<Explained | null> {
  if (seen.sight === 'NONE') return null;
  const found = revision === null ? await asShown(reading, seen) : await asPublished(reading, seen, revision);
  if (found === null) return null;
  const { position } = seen.shown.shown;
  return { ...found, position, recordedAt: await recordedAtOf(reading, position), positions: positionsOf(reading, found.appraisal) };
}

type Found = Omit<Explained, 'position' | 'recordedAt' | 'positions'>;

async function asPublished(reading: Reading, { shown, sight }: Seen, revision: number): Promise<Found | null> {
  if (shown.shown.effectiveOn !== null) throw badInput('A published revision is what it was: give revision or effectiveOn, not both.');
  // A publication counts every rating, so it is for full sight alone.
  if (sight !== 'FULL' || !shown.revisions.some((one) => one.revision === revision)) return null;
  const again = await recomputePublished(reading.ports.log, shown.key, revision);
  return again === null ? null : { appraisal: shown, score: again.score, publishedRevision: revision, agrees: again.agrees, countsOwnRatings: false };
}

async function asShown(reading: Reading, { shown, sight, principal }: Seen): Promise<Found | null> {
  const { historical } = shown.shown;
  const countsOwnRatings = sight === 'FULL' && !historical && shown.isSealed && shown.evaluations.some(({ evaluatorId }) => evaluatorId === principal.personId);
  const view = explanationView(sight === 'SEALED' ? 'NONE' : countsOwnRatings ? { own: principal.personId } : 'UNSEALED');
  const found: ReadonlyMap<string, AppraisalExplanation> = historical
    ? await reading.replays.documents(new ReplayDocuments(view, shown.shown, [shown.key]))
    : await reading.ports.readModels.derive(appraisalView, view, [shown.key]);
  const explanation = found.get(shown.key);
  return explanation === undefined ? null : { ...explanation, publishedRevision: null, agrees: null, countsOwnRatings };
}

/** When the event at a position was recorded. An instant tells of nobody, so it is asked for whoever reads. */
async function recordedAtOf({ ports }: Reading, position: number): Promise<number | null> {
  const { rows } = await ports.readModels.history(eventView, { visibility: 'ALL', filter: { position: { eq: position } }, first: 1 });
  return rows[0]?.recordedAt ?? null;
}

function positionsOf({ ports }: Reading, appraisal: KnownAppraisal): Explained['positions'] {
  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const streams = [`appraisal-${appraisal.appraisalId}`, ...appraisalStreamNames(appraisal)];
    const events = await Promise.all(streams.map((stream) => eventsOf(ports.log, stream)));
    return new Map(events.flat().map(({ id, position }) => [id, position]));
  };
  let reading: Promise<ReadonlyMap<string, number>> | undefined;
  return () => (reading ??= read());
}

/** The derivation's first nodes in pre-order. */
export const nodesOf = ({ score }: Pick<Explained, 'score'>, locale: DerivationLocale): readonly FlatDerivationNode[] => flattenDerivation(score.derivation, locale);

const HEADS = {
  en: { person: 'person', cycle: 'cycle', revision: 'revision', provisional: 'not published', position: 'position', time: 'time', scheme: 'scheme', version: 'version', engine: 'engine' },
  'zh-CN': { person: '人员', cycle: '周期', revision: '修订', provisional: '未发布', position: '位置', time: '时间', scheme: '方案', version: '版本', engine: '引擎' },
} as const;

/** The derivation as text, headed by what it is of and when (`api.md`, Derivation). */
export function explanationText({ appraisal, score, publishedRevision, position, recordedAt }: Explained, of: { readonly locale: DerivationLocale; readonly person: string; readonly timeZone: string }): string {
  const words = HEADS[of.locale];
  const rows: readonly (readonly [string, string])[] = [
    [words.person, of.person],
    [words.cycle, appraisal.cycle],
    [words.revision, publishedRevision === null ? words.provisional : String(publishedRevision)],
    [words.position, String(position)],
    [words.time, recordedAt === null ? '' : `${localTime(recordedAt, of.timeZone)} ${of.timeZone}, ${new Date(recordedAt).toISOString()}`],
    [words.scheme, `${appraisal.schemeId}, ${words.version} ${String(appraisal.schemeVersion)}`],
    [words.engine, score.engineVersion],
  ];
  return [...rows.map(([name, value]) => `${name}: ${value}`), '', renderDerivation(score.derivation, of.locale)].join('\n');
}

const localTime = (ms: number, timeZone: string): string => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'second' });
