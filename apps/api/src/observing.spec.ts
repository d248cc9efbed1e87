import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EdgeMetrics, readableLines, makeLogger } from '@assay/graphql';
import { everyMetric } from './observing.js';
import type { ServiceFigures } from './service-figures.js';
import { ServiceMetrics } from './service-metrics.js';

/** Labels that are put there by a histogram, by Prometheus as it scrapes, and by Grafana. */
const GIVEN_LABELS = ['le', 'instance', 'job'];

function labelsOf(metric: object): readonly string[] {
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames.map(String) : [];
}

describe('the dashboard', () => {
  const dashboard = readFileSync('docs/operations/grafana-dashboard.json', 'utf8');
  const expressions = [...dashboard.matchAll(/"(?:expr|definition)": "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replaceAll('\\"', '"'));
  const registry = everyMetric();
  const metricOf = (name: string) => registry.getSingleMetric(name) ?? registry.getSingleMetric(name.replace(/_(bucket|sum|count)$/, ''));

  it('has expressions, each of metrics that there are and labels that they have', () => {
    expect(expressions.length).toBeGreaterThan(30);
    for (const expression of expressions) {
      const names = [...expression.matchAll(/\b(?:assay|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
      expect([expression, names.length > 0, names.filter((name) => metricOf(name) === undefined)]).toEqual([expression, true, []]);
      const known = [...GIVEN_LABELS, ...names.flatMap((name) => labelsOf(metricOf(name) ?? {}))];
      const used = [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)).concat([...expression.matchAll(/[{,](\w+)[!=]/g)].map(([, name = '']) => name));
      expect([expression, used.filter((label) => !known.includes(label))]).toEqual([expression, []]);
    }
  });

  it('shows every metric of our own', () => {
    const own = registry.getMetricsAsArray().map(({ name }) => name).filter((name) => name.startsWith('assay_'));
    expect(own.filter((name) => !expressions.some((expression) => expression.includes(name)))).toEqual([]);
  });
});

describe('the figures of a scrape', () => {
  const figures: ServiceFigures = {
    role: 'api',
    head: 41,
    clockBehindMs: 1500,
    isProtected: true,
    waitingEvents: 3,
    projections: [{ name: 'target', version: 2, position: 31, lag: 10, parked: 1, retries: 4, status: 'LEADING', live: true, led: true, stopped: null }],
    processes: { position: 40, due: 2, lateMs: 7000, parked: 0, led: false, retries: 5 },
  };
  const scraped = async (metrics: EdgeMetrics): Promise<readonly string[]> => (await metrics.registry.metrics()).split('\n').filter((line) => /^assay_(role|log|process|projection|timers|append_queue)/.test(line) && !line.includes('fired'));

  it('are asked for once, and are there at the first scrape', async () => {
    const metrics = new EdgeMetrics();
    const service = new ServiceMetrics(metrics.registry);
    let asked = 0;
    service.followOf(() => Promise.resolve(figures).finally(() => (asked += 1)));
    const projection = '{projection="target__v2"}';
    const expected = [
      'assay_log_answers 1', 'assay_role{role="api"} 1', 'assay_log_head_position 41', 'assay_log_clock_behind_seconds 1.5', 'assay_log_protected 1', 'assay_append_queue_events 3',
      `assay_projection_lag_events${projection} 10`, `assay_projection_live${projection} 1`, `assay_projection_led${projection} 1`, `assay_projection_leading${projection} 1`, `assay_projection_stopped${projection} 0`, `assay_projection_parked_keys${projection} 1`, `assay_projection_retries_total${projection} 4`,
      'assay_process_lag_events 1', 'assay_process_led 0', 'assay_process_parked 0', 'assay_process_retries_total 5', 'assay_timers_due 2', 'assay_timers_overdue_seconds 7',
    ];
    expect([await scraped(metrics), asked]).toEqual([expected, 1]);
    expect([await scraped(metrics), asked]).toEqual([expected, 2]);
  });

  it('are left out where the log does not answer, and that is said', async () => {
    const metrics = new EdgeMetrics();
    const service = new ServiceMetrics(metrics.registry);
    service.followOf(() => Promise.resolve(figures));
    await scraped(metrics);
    service.followOf(() => Promise.reject(new Error('no database')));
    expect(await scraped(metrics)).toEqual(['assay_log_answers 0']);
  });

  it('count appends and timers by what became of them', async () => {
    const metrics = new EdgeMetrics();
    const service = new ServiceMetrics(metrics.registry);
    service.appended('OK', { events: 2, ms: 3 });
    service.appended('RevisionConflict', { events: 1, ms: 3 });
    service.grouped(2);
    service.timerFired(1500);
    const text = await metrics.registry.metrics();
    for (const line of ['assay_appends_total{outcome="OK"} 1', 'assay_appends_total{outcome="RevisionConflict"} 1', 'assay_append_events_total 2', 'assay_append_group_appends_sum 2', 'assay_timer_late_seconds_sum 1.5']) expect(text).toContain(line);
  });
});

describe('the log at a terminal', () => {
  it('is a line with time, level, message and the rest', () => {
    let written = '';
    makeLogger('info', readableLines((text) => (written += text))).warn({ operation: 'people', ms: 1200, frames: ['a'] }, 'slow operation');
    expect(written).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}slow operation operation=people ms=1200 frames=\["a"\]\n$/);
  });
});
