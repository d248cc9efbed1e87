import type { Registry } from 'prom-client';
import { cell, DO_NOT_EDIT } from './reference-rules.js';

const INTRO = [
  'What `/metrics` tells, in Prometheus’s text format: at `PORT` for this machine alone, or at `METRICS_PORT` for collectors on',
  'others ([configuration](config.md)). A histogram also has `_bucket`, `_sum` and `_count`. No label holds what a user typed or',
  'anybody’s id, so that the number of series is bounded by names and codes of our own.',
  '',
  'Beside these there are what prom-client tells of the process itself, under `process_` and `nodejs_`: CPU, memory, garbage',
  'collection, and the delay of the event loop (`nodejs_eventloop_lag_p99_seconds`).',
  '',
  '[A Grafana dashboard](../operations/grafana-dashboard.json) shows them.',
].join('\n');

/** The metrics of our own, one row each, in the order of their names. */
export async function metricsPage(registry: Registry): Promise<string> {
  const all = await registry.getMetricsAsJSON();
  const own = all.filter(({ name }) => name.startsWith('assay_')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = own.map(({ name, help, type }) => `| \`${name}\` | ${String(type)} | ${labelsOf(registry, name)} | ${cell(help)} |`);
  return [DO_NOT_EDIT, '# Metrics', '', INTRO, '', '| metric | type | labels | what it tells |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function labelsOf(registry: Registry, name: string): string {
  const metric: object | undefined = registry.getSingleMetric(name);
  const names: unknown = metric !== undefined && 'labelNames' in metric ? metric.labelNames : [];
  return Array.isArray(names) ? names.map((label) => `\`${String(label)}\``).join(', ') : '';
}
