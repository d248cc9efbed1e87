import { performance } from 'node:perf_hooks';
import { getOperationAST, type ExecutionArgs, type ExecutionResult, type GraphQLError } from 'graphql';
import { inSpan } from '@assay/event-log';
import { GraphqlContext } from './context.js';
import type { Documents } from './documents.js';
import type { EdgeOptions } from './edge-options.js';
import { labelsOf, UNKNOWN_OPERATION, type OperationLabels } from './operation-labels.js';

/** Runs a checked query or mutation: counted, timed, inside a span, its errors mapped, and written down where it was slow. */
export function runOperation({ documents, options }: { readonly documents: Documents; readonly options: EdgeOptions }, args: ExecutionArgs): Promise<ExecutionResult> {
  const node = getOperationAST(args.document, args.operationName);
  const labels = node ? labelsOf(node) : UNKNOWN_OPERATION;
  const context: unknown = args.contextValue;
  const requestId = context instanceof GraphqlContext ? context.requestId : undefined;
  return inSpan('assay.graphql', { 'graphql.operation.type': labels.kind, 'assay.operation': labels.operation }, async (span) => {
    const begun = performance.now();
    const result = await documents.run({ document: args.document, operationName: args.operationName ?? undefined, variables: args.variableValues ?? {} }, context);
    const errors = result.errors?.map((error) => options.errors.toApi(error, requestId));
    const [code, ms] = [codeOf(errors), performance.now() - begun];
    options.metrics.operations.inc({ ...labels, code });
    options.metrics.seconds.observe({ ...labels }, ms / 1000);
    span.setAttribute('assay.outcome', code);
    if (options.slow !== undefined && ms >= options.slow.fromMs) options.slow.tell({ requestId, ...labels, ms: Math.round(ms), code });
    return errors ? { ...result, errors } : result;
  });
}

/** Counts an operation that is not run here: a refused one under the code of its first error, a subscription that began as `OK`. */
export function countOperation({ metrics }: Pick<EdgeOptions, 'metrics'>, errors: readonly GraphQLError[] | undefined, labels: OperationLabels = UNKNOWN_OPERATION): void {
  metrics.operations.inc({ ...labels, code: codeOf(errors) });
}

function codeOf(errors: readonly GraphQLError[] | undefined): string {
  const code = errors?.[0]?.extensions['code'];
  return errors === undefined ? 'OK' : typeof code === 'string' ? code : 'INTERNAL';
}
