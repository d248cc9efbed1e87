import { z } from 'zod';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { code, names, oneOf, text } from './kernel/schema.js';
import { ACCUMULATIONS, DIRECTIONS } from './scoring/input.js';

/** What a metric is: its unit, how facts become one actual and what is good (`scoring.md` §§1, 3). */
export const metricFields = {
  code,
  names,
  /** What the values count, e.g. `CNY` or `customers`. */
  unit: text(40),
  accumulation: oneOf('Accumulation', ACCUMULATIONS),
  direction: oneOf('Direction', DIRECTIONS),
};

/** Events of `metric-<code>` (`domain.md`, Metrics and facts). */
export const metricEvents = defineEvents({
  MetricDefined: {
    version: 1,
    doc: 'What facts measure. Defined anew until a fact or target names it, then immutable.',
    data: z.strictObject(metricFields),
  },
});
export type MetricEvent = EventOf<typeof metricEvents>;
