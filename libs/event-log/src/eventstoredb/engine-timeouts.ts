/** How long parts of an append may take, ms. */
export interface EngineTimeouts {
  /** How long one attempt waits for its reply before the same append is sent again. */
  readonly attemptMs: number;
  /** Without any word from the server for so long, the caller is told that the outcome is unknown. */
  readonly silenceMs: number;
  /** How long an answer waits for its ordinal. */
  readonly placeMs: number;
  /** How long a read may hear nothing. */
  readonly readMs: number;
}
/** A frozen server is noticed within 5 s (`architecture.md`, EventStoreDB adapter). */
export const ENGINE_TIMEOUTS: EngineTimeouts = { attemptMs: 1_500, silenceMs: 4_000, placeMs: 2_000, readMs: 4_000 };
