import { describe, expect, it } from '@jest/globals';
import { ROLES, type Principal, type Role } from './kernel/access.js';
import type { EventMeta } from './kernel/event.js';
import { decideMetric, evolveMetric, initialMetric } from './metric.js';
import type { MetricCommand, MetricWorld } from './metric.js';
import { metricEvents } from './metric.events.js';
import { mayMetric, visibleMetrics } from './metric.policy.js';
import { principalWith } from './principal.fixture.js';

const EVENT = '00000000-0000-4000-8000-000000000001';
const context = { actor: EVENT, today: '2026-03-10', newId: EVENT };
const meta: EventMeta = {
  actor: EVENT,
  authority: 'HR',
  commandId: EVENT,
  commandDigest: '0'.repeat(64),
  correlationId: EVENT,
};
const recorded = { id: EVENT, stream: 's', revision: 0, position: 0, schemaVersion: 1, meta, recordedAt: 0 };
const principal = (...held: readonly Role[]): Principal => principalWith(EVENT, held);
const names = { en: 'Sales', zh: '銷售額' };

const metric: MetricCommand['data'] = { code: 'sales', names, unit: 'CNY', accumulation: 'SUM', direction: 'HIGHER' };
const define = (over: object = {}): MetricCommand => ({ type: 'DefineMetric', data: { ...metric, ...over } });
const defined = evolveMetric(initialMetric, { type: 'MetricDefined', data: metric, ...recorded });

describe('metrics (domain.md, Metrics and facts)', () => {
  const world = (inUse: boolean): MetricWorld => ({ ...context, inUse });
  const made = (over: object = {}) => ({ events: [{ type: 'MetricDefined', data: { ...metric, ...over } }] });
  it.each([
    ['a new metric', initialMetric, define(), false, made()],
    [
      'a yes or no that is the latest',
      initialMetric,
      define({ direction: 'BINARY', accumulation: 'LATEST' }),
      false,
      made({ direction: 'BINARY', accumulation: 'LATEST' }),
    ],
    [
      'a yes or no that is a sum',
      initialMetric,
      define({ direction: 'BINARY' }),
      false,
      { rejected: 'METRIC_BROKEN', facts: [] },
    ],
    ['the same again', defined, define(), false, { rejected: 'NOTHING_CHANGES', facts: [] }],
    ['the same again in use', defined, define(), true, { rejected: 'NOTHING_CHANGES', facts: [] }],
    ['another unit before anybody names it', defined, define({ unit: 'USD' }), false, made({ unit: 'USD' })],
    ['another unit in use', defined, define({ unit: 'USD' }), true, { rejected: 'METRIC_IN_USE', facts: [] }],
  ] as const)('defines %s', (_, state, command, inUse, expected) => {
    expect(decideMetric(state, command, world(inUse))).toEqual(expected);
  });

  it('folds to the last definition and its event', () => {
    expect(defined).toEqual({ status: 'DEFINED', ...metric, eventId: EVENT });
    expect(metricEvents.MetricDefined.data.safeParse(metric).success).toBe(true);
  });

  it.each(ROLES)('%s defines metrics only as marketing head or HR, and reads them all', (role) => {
    const may = role === 'MARKETING_HEAD' || role === 'HR';
    expect(mayMetric(principal(role), define())).toEqual(may ? { authority: role } : { denied: 'FORBIDDEN' });
    expect(mayMetric(principal(role, 'AUDITOR'), define())).toEqual({ denied: 'FORBIDDEN' });
    expect([visibleMetrics(principal(role)), visibleMetrics(principal())]).toEqual(['ALL', 'NONE']);
  });
});
