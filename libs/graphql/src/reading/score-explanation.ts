import type { FlatDerivationNode } from '@assay/domain';
import type { AppraisalDocument } from '@assay/read-models';
import type { GraphqlContext } from '../edge/context.js';
import { encodeNodeId } from '../edge/node-id.js';
import type { At } from './documents.js';
import { explain, explanationText, nodesOf, type DerivationLocale, type Explained } from './explain.js';
import type { MomentRequest } from './moment.js';
import type { Placed } from './placed.js';
import type { FeaturePorts } from './ports.js';
import { Reading } from './reading.js';
import { directReplays } from './replay.js';
import { seenBy } from './seen.js';
import { appraisalSource, personSource } from './sources.js';

/** Which score: of an appraisal by its opaque id, at a moment, or as a published revision. */
export interface ScoreRequest extends MomentRequest {
  readonly appraisal: string;
  readonly revision: number | null;
}
/** A score with its derivation, and for whom and when it was explained. */
export type ScoreExplanation = Explained & { readonly at: At };

/** The appraisal of an opaque id at a moment, with that moment; null where it is not there or may not be read. */
export async function appraisalAt(reading: Reading, id: string, { context, ...moment }: MomentRequest & { readonly context: GraphqlContext }): Promise<{ readonly shown: Placed<AppraisalDocument> | null; readonly at: At }> {
  const { at, key } = await reading.keyAt(appraisalSource, id, { ...moment, context });
  return { at, shown: key === null ? null : await reading.documents.one(appraisalSource, key, at) };
}

/** A score as its reader may have it explained; null alike where it is not there, may not be read, or its figures are hidden. */
export async function scoreExplanation(reading: Reading, { appraisal, revision, ...moment }: ScoreRequest, context: GraphqlContext): Promise<ScoreExplanation | null> {
  const { shown, at } = await appraisalAt(reading, appraisal, { ...moment, context });
  const explained = shown === null ? null : await explain(reading, await seenBy(reading, shown, context), revision);
  return explained === null ? null : { ...explained, at };
}

/** The name of whose score it is, as it was then; null where the reader may not read the person. */
export async function subjectNameOf(reading: Reading, { appraisal, at }: ScoreExplanation): Promise<string | null> {
  const person = await reading.documents.one(personSource, `person-${appraisal.subjectId}`, at);
  return person?.name ?? null;
}

/** The explanation as an indented text tree, headed by what it is of and when (`api.md`, Derivation). */
export async function scoreExplanationText(reading: Reading, explanation: ScoreExplanation, locale: DerivationLocale): Promise<string> {
  const [name, company] = await Promise.all([subjectNameOf(reading, explanation), reading.ports.company()]);
  const timeZone = company.status === 'ABSENT' ? 'UTC' : company.timeZone;
  return explanationText(explanation, { locale, person: name ?? explanation.appraisal.subjectId, timeZone });
}

/** An explained score outside a server: its text and, for programs, what the text is made of. */
export interface ToldScore {
  readonly text: string;
  readonly facts: {
    readonly appraisalId: string;
    readonly subjectId: string;
    readonly subjectName: string | null;
    readonly cycleStream: string;
    readonly schemeId: string;
    readonly schemeVersion: number;
    readonly engineVersion: string;
    /** Null where it is not of a published revision. */
    readonly publishedRevision: number | null;
    /** Whether a published revision recomputed from its basis is what was published; null otherwise. */
    readonly agrees: boolean | null;
    readonly countsOwnRatings: boolean;
    readonly position: number;
    readonly recordedAt: string | null;
    readonly total: string | null;
    readonly grade: string | null;
    readonly nodes: readonly FlatDerivationNode[];
  };
}

/**
 * What `explainScore` shows, for a program beside the server: the same text by the same rights. `appraisal` may also be
 * the appraisal's UUID. Null alike where it is not there, may not be read, or its figures are hidden.
 */
export async function tellScore(ports: FeaturePorts, request: ScoreRequest & { readonly locale: DerivationLocale }, context: GraphqlContext): Promise<ToldScore | null> {
  const { locale, ...asked } = request;
  const reading = new Reading(ports, directReplays(ports.readModels));
  const explanation = await scoreExplanation(reading, { ...asked, appraisal: idOfAppraisal(asked.appraisal) }, context);
  if (explanation === null) return null;
  const { appraisal, score, publishedRevision, agrees, countsOwnRatings, position, recordedAt } = explanation;
  const { appraisalId, subjectId, cycle: cycleStream, schemeId, schemeVersion } = appraisal;
  const shown = { appraisalId, subjectId, cycleStream, schemeId, schemeVersion, publishedRevision, agrees, countsOwnRatings, position };
  return {
    text: await scoreExplanationText(reading, explanation, locale),
    facts: {
      ...shown,
      subjectName: await subjectNameOf(reading, explanation),
      engineVersion: score.engineVersion,
      recordedAt: recordedAt === null ? null : new Date(recordedAt).toISOString(),
      total: score.total,
      grade: score.grade,
      nodes: nodesOf(explanation, locale),
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idOfAppraisal = (given: string): string => (UUID.test(given) ? encodeNodeId({ type: appraisalSource.type, key: given }) : given);
