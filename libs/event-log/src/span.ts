import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';

/**
 * Traces, as far as a lib knows of them: the interface of OpenTelemetry alone. Where the application has loaded no SDK, every
 * span is one and the same empty object. It lies here because whatever makes spans stands on the log.
 */
const tracer = trace.getTracer('assay');

/**
 * Does the work inside a span, which ends with it. Attributes are names, codes and counts of our own, never what somebody typed and
 * nobody's id; of an error its code is noted, never its message.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A request from outside: a span under the caller's `traceparent`, and how to go on inside it. */
export interface RequestSpan {
  readonly span: Span;
  /** Runs what follows so that spans made there are below this one. */
  readonly within: (next: () => void) => void;
}

/** Begins the span of a request; whoever began it ends it. `headers` may carry a `traceparent` (W3C Trace Context). */
export function requestSpan(name: string, headers: Readonly<Record<string, unknown>>, attributes: Attributes): RequestSpan {
  const outside = propagation.extract(ROOT_CONTEXT, headers);
  const span = tracer.startSpan(name, { attributes, kind: SpanKind.SERVER }, outside);
  const inside = trace.setSpan(outside, span);
  return { span, within: (next) => context.with(inside, next) };
}

function failed(span: Span, error: unknown): void {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}
