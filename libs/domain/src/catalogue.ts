import type { CommandDefinitions } from './kernel/decision.js';
import type { EventDefinition, EventDefinitions } from './kernel/event.js';
import { appraisalCommands } from './appraisal-commands.js';
import { appraisalEvents } from './appraisal.events.js';
import { compositeCommands } from './composite.js';
import { compositeEvents } from './composite.events.js';
import { schemeEvents } from './scheme.events.js';
import { schemeCommands } from './scheme.js';
import { cycleCommands } from './cycle-commands.js';
import { cycleEvents } from './cycle.events.js';
import { targetEvents } from './target.events.js';
import { targetCommands } from './target.js';
import { companyEvents } from './company.events.js';
import { companyCommands } from './company.js';
import { personEvents } from './person.events.js';
import { personCommands } from './person.js';
import { metricEvents } from './metric.events.js';
import { metricCommands } from './metric.js';
import { templateEvents } from './template.events.js';
import { templateCommands } from './template.js';
import { factsEvents } from './facts.events.js';
import { factsCommands } from './facts.js';
import { goalEvents } from './goal.events.js';
import { goalCommands } from './goal.js';
import { importEvents } from './import.events.js';
import { importCommands } from './import.js';

/**
 * Every event there is, by the category of the streams that hold it (`domain.md`). Codec, audit trail and the
 * generated pages read this; an aggregate is added with one line.
 */
export const eventTables = {
  import: importEvents,
  goal: goalEvents,
  facts: factsEvents,
  template: templateEvents,
  metric: metricEvents,
  person: personEvents,
  company: companyEvents,
  scheme: schemeEvents,
  appraisal: appraisalEvents,
  composite: compositeEvents,
  target: targetEvents,
  cycle: cycleEvents,
} as const satisfies Readonly<Record<string, EventDefinitions>>;

/** Every command there is, by the aggregate that decides it. */
export const commandCatalogue = {
  import: importCommands,
  goal: goalCommands,
  facts: factsCommands,
  template: templateCommands,
  metric: metricCommands,
  person: personCommands,
  company: companyCommands,
  scheme: schemeCommands,
  appraisal: appraisalCommands,
  composite: compositeCommands,
  target: targetCommands,
  cycle: cycleCommands,
} as const satisfies Readonly<Record<string, CommandDefinitions>>;

/** An event type with the categories whose streams hold it; the ballots of the committee go to several. */
export type CatalogueEntry = EventDefinition & { readonly categories: readonly string[] };

/** Every event type by its name. */
export const eventCatalogue: Readonly<Record<string, CatalogueEntry>> = byType(eventTables);

function byType(tables: Readonly<Record<string, EventDefinitions>>): Readonly<Record<string, CatalogueEntry>> {
  const entries = new Map<string, CatalogueEntry>();
  for (const [category, table] of Object.entries(tables)) {
    for (const [type, definition] of Object.entries(table)) {
      const held = entries.get(type)?.categories ?? [];
      entries.set(type, { ...definition, categories: [...held, category] });
    }
  }
  return Object.fromEntries(entries);
}
