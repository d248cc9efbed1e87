import { z } from 'zod';
import { assentEvents } from './assent.js';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { basisPoints, code, day, decimal, names, sha256, shape, uuid } from './kernel/schema.js';

/** What may be revised: value in the metric's unit for the whole period, and how far sums may lie off it. */
export const goalContent = {
  value: decimal,
  period: shape('GoalPeriod', { from: day, to: day }),
  toleranceBasisPoints: basisPoints,
};
/** What never changes: a goal's name, place, metric and unit. */
export const goalIdentity = { names, parent: uuid.nullable(), metric: code, unit: code };

/** Events of `goal-<id>` (`domain.md`, Goals). */
export const goalEvents = defineEvents({
  GoalSet: {
    version: 1,
    doc: 'A strategic aim was set, at the root or under a parent.',
    data: z.strictObject({ goalId: uuid, ...goalIdentity, ...goalContent }),
  },
  GoalRevisionProposed: {
    version: 1,
    doc: 'Another value, period or tolerance was laid before the committee; it is stated whole.',
    data: z.strictObject(goalContent),
  },
  ...assentEvents,
  GoalRevised: {
    version: 1,
    doc: 'Two seats assented: the goal has the proposed value, period and tolerance.',
    data: z.strictObject({ proposalEventId: uuid, digest: sha256, ...goalContent }),
  },
  GoalRetired: {
    version: 1,
    doc: 'Nothing new serves the goal any more.',
    data: z.strictObject({ retiredOn: day }),
  },
});
export type GoalEvent = EventOf<typeof goalEvents>;
