import type { Config } from './config.js';

/** Ends tracing: what was recorded is sent, for at most a few seconds. */
export type StopTracing = () => Promise<void>;

const SEND_MS_MAX = 3_000;

/**
 * Sends traces to the collector that is configured; where none is, nothing of OpenTelemetry but its interface is loaded, and every
 * span is an empty object. What is recorded holds names, codes and counts of ours (`inSpan`), never what somebody typed.
 */
export async function startTracing(tracing: Config['tracing']): Promise<StopTracing> {
  if (tracing === null) return () => Promise.resolve();
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: tracing.address, timeoutMillis: SEND_MS_MAX });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': tracing.serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: SEND_MS_MAX })],
  });
  provider.register();
  return async () => {
    // A collector that does not answer must not keep us from ending; what it lost are traces.
    await provider.shutdown().catch(() => undefined);
  };
}
