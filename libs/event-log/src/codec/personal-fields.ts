import { Defect, fields } from '@assay/domain';
import type { z } from 'zod';

/** Where personal texts stand in a value of a schema; null where there are none. */
export type PersonalFields =
  | { readonly kind: 'TEXT' }
  | { readonly kind: 'MEMBERS'; readonly members: ReadonlyMap<string, PersonalFields> }
  | { readonly kind: 'EACH'; readonly item: PersonalFields };

/**
 * Walks a schema once for the fields registered as personal (`architecture.md`, Personal data), through objects, arrays,
 * records, tuples, unions and wrappers. In a union a place is personal where it is in any branch: what is sealed without
 * need is still read back, what is left in clear stays so for ever. A kind of schema it does not know is a `Defect`.
 */
export function personalFieldsOf(schema: z.core.$ZodType): PersonalFields | null {
  if (fields.get(schema)?.personal === true) return { kind: 'TEXT' };
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return members(Object.entries(def.shape).map(([key, member]) => [key, personalFieldsOf(member)]));
    case 'array':
      return each(personalFieldsOf(def.element));
    case 'record':
      return each(personalFieldsOf(def.valueType));
    case 'tuple':
      return each(def.items.map(personalFieldsOf).reduce(merge, def.rest === null ? null : personalFieldsOf(def.rest)));
    case 'union':
      return def.options.map(personalFieldsOf).reduce(merge, null);
    case 'intersection':
      return merge(personalFieldsOf(def.left), personalFieldsOf(def.right));
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
      return personalFieldsOf(def.innerType);
    case 'pipe':
      return merge(personalFieldsOf(def.in), personalFieldsOf(def.out));
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'literal':
    case 'enum':
    case 'template_literal':
    case 'undefined':
    case 'never':
      return null;
    case 'lazy':
    case 'any':
    case 'unknown':
    case 'custom':
    case 'transform':
    case 'success':
    case 'map':
    case 'set':
    case 'promise':
    case 'function':
    case 'bigint':
    case 'date':
    case 'file':
    case 'nan':
    case 'symbol':
    case 'void':
      throw new Defect('this kind of schema has no place in an event: it is no JSON, or what is personal in it could not be told', { kind: def.type });
  }
}

const each = (item: PersonalFields | null): PersonalFields | null => (item === null ? null : { kind: 'EACH', item });

function members(entries: readonly (readonly [string, PersonalFields | null])[]): PersonalFields | null {
  const personal = entries.flatMap(([key, found]) => (found === null ? [] : [[key, found] as const]));
  return personal.length === 0 ? null : { kind: 'MEMBERS', members: new Map(personal) };
}

function merge(a: PersonalFields | null, b: PersonalFields | null): PersonalFields | null {
  if (a === null || b === null) return a ?? b;
  if (a.kind === 'TEXT' || b.kind === 'TEXT') return { kind: 'TEXT' };
  if (a.kind === 'EACH' && b.kind === 'EACH') return each(merge(a.item, b.item));
  if (a.kind === 'MEMBERS' && b.kind === 'MEMBERS') {
    const keys = [...new Set([...a.members.keys(), ...b.members.keys()])];
    return members(keys.map((key) => [key, merge(a.members.get(key) ?? null, b.members.get(key) ?? null)]));
  }
  throw new Defect('one place of an event is an object in one branch and a list in another');
}
