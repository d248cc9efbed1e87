import type { EventDefinition } from '@assay/domain';
import { describeSchema } from './reference-schema.js';
import type { FieldRow } from './reference-schema.js';
import { DO_NOT_EDIT, cell } from './reference-rules.js';

type Catalogue = Readonly<Record<string, EventDefinition & { readonly categories: readonly string[] }>>;

const INTRO = `What the log holds: plain JSON, one event per business fact. A published version is never edited; a new one comes with an upcaster.

- *personal*: text about a person, encrypted under that person's key before it is appended.
- *sealed*: a rating or what would betray one, unreadable until the unsealing.`;

/** Events by the categories of the streams that hold them; those that several hold are told once. */
export function eventsPage(catalogue: Catalogue): string {
  const entries = Object.entries(catalogue);
  const groups = [...new Set(entries.map(([, { categories }]) => categories.join(', ')))];
  const parts = groups.map((group) => {
    const events = entries.filter(([, { categories }]) => categories.join(', ') === group);
    return [`## ${group}`, '', ...events.map(([type, definition]) => eventPart(type, definition))].join('\n');
  });
  const objects = [...new Map(entries.flatMap(([, { data }]) => [...describeSchema(data).objects]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const shapes = objects.map(([name, rows]) => [`### ${name}`, '', fieldTable(rows), ''].join('\n'));
  const last = shapes.length > 0 ? ['## Objects inside events', '', ...shapes] : [];
  return [DO_NOT_EDIT, '# Events', '', `${INTRO}`, '', `${entries.length} event types.`, '', ...parts, ...last].join('\n');
}

function eventPart(type: string, { doc, version, data }: EventDefinition): string {
  return [`### ${type}`, '', `${doc} Version ${version}.`, '', fieldTable(describeSchema(data).rows), ''].join('\n');
}

function fieldTable(rows: readonly FieldRow[]): string {
  if (rows.length === 0) return 'No fields.';
  const lines = rows.map(({ name, type, optional, marks, description }) => {
    const said = [...marks.map((mark) => `*${mark}*`), description].filter((part) => part !== '').join('. ');
    return `| ${name}${optional ? '?' : ''} | ${cell(type)} | ${cell(said)} |`;
  });
  return ['| field | type | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}
