import { z } from 'zod';
import { level } from './kernel/calendar.js';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { code, names, shape } from './kernel/schema.js';
import { targetQuantities } from './target.events.js';

/** What people of a role are usually given at one level: a proposal to whoever sets targets, binding nobody. */
export const templateLevel = shape('TemplateLevel', {
  level,
  metrics: z.array(shape('TemplateMetric', { metric: code, defaults: targetQuantities })).max(50),
  keyActions: z.array(shape('TemplateKeyAction', { code, names, planned: z.int().min(1).max(100_000) })).max(100),
  /** Units that rate across departments. */
  evaluatorUnits: z.array(code).max(20),
});
/** The fields of a role template. */
export const templateFields = { role: code, names, levels: z.array(templateLevel).min(1).max(3) };

/** Events of `template-<role>` (`domain.md`, People). */
export const templateEvents = defineEvents({
  RoleTemplatePublished: {
    version: 1,
    doc: 'What a role is usually measured by; the last one published holds.',
    data: z.strictObject(templateFields),
  },
});
export type TemplateEvent = EventOf<typeof templateEvents>;
