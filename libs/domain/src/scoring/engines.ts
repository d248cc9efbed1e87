import { assert } from '../kernel/defect.js';
import type { CompositeInput, ScoreInput } from './input.js';
import type { CompositeResult, ScoreResult } from './result.js';
import { composite as compositeV1 } from './v1/composite.js';
import { score as scoreV1 } from './v1/score.js';

/** One released way of reckoning. */
export interface Engine {
  readonly score: (input: ScoreInput) => Omit<ScoreResult, 'engineVersion'>;
  readonly composite: (input: CompositeInput) => Omit<CompositeResult, 'engineVersion'>;
}

/**
 * Every released engine (`architecture.md`, History and replay). An event names the version that reckoned it, and
 * recomputation uses that one; so a released engine is never edited, and a test pins the hash of its sources.
 */
export const ENGINES: ReadonlyMap<string, Engine> = new Map([['1.0.0', { score: scoreV1, composite: compositeV1 }]]);

/** The engine that new scores are reckoned by. */
export const CURRENT_ENGINE = '1.0.0';

/**
 * The score of one appraisal and the derivation that explains it (`scoring.md`). Pure: equal inputs give equal bytes.
 * The input has passed `readScoreInput`, or the deciders' same checks; one that could not have, and an unknown engine
 * version, is a `Defect`. It knows no minimum of eligible days (§9): its caller sets `NOT_RATED` in place of the result.
 */
export function score(input: ScoreInput, engineVersion = CURRENT_ENGINE): ScoreResult {
  return { engineVersion, ...engineOf(engineVersion).score(input) };
}

/** The composite of a person's year with its derivation (`scoring.md` §9). Pure, and with the same demands as `score`. */
export function composite(input: CompositeInput, engineVersion = CURRENT_ENGINE): CompositeResult {
  return { engineVersion, ...engineOf(engineVersion).composite(input) };
}

function engineOf(version: string): Engine {
  const engine = ENGINES.get(version);
  assert(engine !== undefined, 'the engine version is known', { version });
  return engine;
}
