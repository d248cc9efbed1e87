import { appendCases } from './append.conformance.js';
import { runCases, type Cases, type Engine } from './engine.js';
import { sqlFailureCases } from './failure-sql.conformance.js';
import { failureCases } from './failure.conformance.js';
import { idempotencyCases } from './idempotency.conformance.js';
import { readCases } from './read.conformance.js';
import { subscriptionCases } from './subscription.conformance.js';

const cases = { ...appendCases, ...idempotencyCases, ...readCases, ...subscriptionCases, ...failureCases, ...sqlFailureCases };

/**
 * The conformance suite of the log port (`conformance.md`), as tests of one engine: each case runs against a fresh log
 * and carries its id in its name, `own` in place of those that harm a SQL server. Cases that the engine cannot have stand as declared, with the reason; none is skipped.
 */
export function logConformance(engine: Engine, own: Cases = {}): void {
  runCases(engine, { ...cases, ...own });
}
