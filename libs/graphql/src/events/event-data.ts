import '../words/fields.js';
import '../words/types.js';
import { eventCatalogue, fields } from '@assay/domain';
import { createUnionType } from '@nestjs/graphql';
import { z } from 'zod';
import { objectTypeOf, type DerivedType } from '../edge/derive-types.js';

/** Every type of event, by name. */
export const EVENT_TYPES: readonly string[] = Object.keys(eventCatalogue).sort((a, b) => (a < b ? -1 : 1));

/** Whoever tokens name is for `seesIdentities` alone, so that these may be null though the event always states them. */
const IDENTITIES: ReadonlySet<string> = new Set(['LogOpened', 'IdentityLinked', 'IntegrationRegistered']);

/**
 * An object type for each type of event, of its name, derived from the schema that its data was checked against. Fields
 * that can be sealed or erased are nullable by their schema.
 */
const dataTypes: readonly DerivedType[] = EVENT_TYPES.map((type) => {
  const { data, doc } = entryOf(type);
  const schema = IDENTITIES.has(type) ? withHideableIssuer(data) : data;
  return objectTypeOf(type, schema, { description: doc });
});

/** What an event says: one object type for each type of event. */
export const EventData = createUnionType({
  name: 'EventData',
  description: 'What an event says: an object type for each type of event.',
  types: () => dataTypes,
  resolveType: (value: { readonly __typename?: string }) => value.__typename,
});

function entryOf(type: string): { readonly data: z.ZodObject; readonly doc: string } {
  const entry = eventCatalogue[type];
  if (!(entry?.data instanceof z.ZodObject)) throw new Error(`the data of ${type} is no object`);
  return { data: entry.data, doc: entry.doc };
}

/** The same schema with `issuer` nullable, in objects inside too. The subject is personal, so it is nullable already. */
function withHideableIssuer(schema: z.ZodObject): z.ZodObject {
  const entries = Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]): [string, z.core.$ZodType] => {
    if (name === 'issuer' || name === 'subject') return [name, hideable(field)];
    return [name, field instanceof z.ZodObject ? withHideableIssuer(field) : field];
  });
  const made = z.strictObject(Object.fromEntries(entries));
  const meta = fields.get(schema);
  return meta === undefined ? made : made.register(fields, meta);
}

function hideable(field: z.core.$ZodType): z.ZodType {
  return z.nullable(field).register(fields, { ...fields.get(field), description: 'Who tokens name. Null where hidden from you: ADMIN and AUDITOR see it.' });
}
