import { describe, expect, it } from '@jest/globals';
import { ROLES, type Principal, type Role } from './kernel/access.js';
import type { EventMeta } from './kernel/event.js';
import { decideTemplate, evolveTemplate, initialTemplate } from './template.js';
import type { TemplateCommand, TemplateWorld } from './template.js';
import { templateEvents } from './template.events.js';
import { mayTemplate, visibleTemplates } from './template.policy.js';
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

const quarter: TemplateCommand['data']['levels'][number] = {
  level: 'QUARTER',
  metrics: [{ metric: 'sales', defaults: { target: '1000' } }],
  keyActions: [{ code: 'visits', names, planned: 12 }],
  evaluatorUnits: ['support'],
};
const template: TemplateCommand['data'] = { role: 'sales', names, levels: [quarter] };
const publish = (...levels: readonly TemplateCommand['data']['levels'][number][]): TemplateCommand => ({
  type: 'PublishRoleTemplate',
  data: { ...template, levels: [...levels] },
});
const published = evolveTemplate(initialTemplate, { type: 'RoleTemplatePublished', data: template, ...recorded });

describe('role templates (domain.md, People)', () => {
  const world: TemplateWorld = { ...context, metrics: ['sales'], units: ['support'] };
  const made = (command: TemplateCommand) => ({ events: [{ type: 'RoleTemplatePublished', data: command.data }] });
  const month = { ...quarter, level: 'MONTH' as const };
  const [sales] = quarter.metrics;
  const twice = { ...quarter, metrics: sales === undefined ? [] : [sales, sales] };
  it.each([
    ['a new template', initialTemplate, publish(quarter), made(publish(quarter))],
    ['the same again', published, publish(quarter), { rejected: 'NOTHING_CHANGES', facts: [] }],
    ['another in its place', published, publish(month, quarter), made(publish(month, quarter))],
    ['a level twice', initialTemplate, publish(quarter, quarter), { rejected: 'TEMPLATE_BROKEN', facts: [] }],
    ['a metric twice', initialTemplate, publish(twice), { rejected: 'TEMPLATE_BROKEN', facts: [] }],
    [
      'a metric that does not exist',
      initialTemplate,
      publish({ ...quarter, metrics: [{ metric: 'luck', defaults: {} }] }),
      { rejected: 'METRIC_UNKNOWN', facts: [{ name: 'metric', value: 'luck', kind: 'CODE' }] },
    ],
    [
      'a unit that does not exist',
      initialTemplate,
      publish({ ...quarter, evaluatorUnits: ['moon'] }),
      { rejected: 'REFERENCE_UNKNOWN', facts: [{ name: 'unit', value: 'moon', kind: 'CODE' }] },
    ],
  ])('publishes %s', (_, state, command, expected) => {
    expect(decideTemplate(state, command, world)).toEqual(expected);
  });

  it('folds to the last one published', () => {
    expect(published).toEqual({ status: 'PUBLISHED', template });
    expect(templateEvents.RoleTemplatePublished.data.safeParse(template).success).toBe(true);
  });

  it.each(ROLES)('%s publishes templates only as marketing head or HR, and reads them all', (role) => {
    const may = role === 'MARKETING_HEAD' || role === 'HR';
    expect(mayTemplate(principal(role), publish(quarter))).toEqual(may ? { authority: role } : { denied: 'FORBIDDEN' });
    expect(mayTemplate(principal(role, 'AUDITOR'), publish(quarter))).toEqual({ denied: 'FORBIDDEN' });
    expect([visibleTemplates(principal(role)), visibleTemplates(principal())]).toEqual(['ALL', 'NONE']);
  });
});
