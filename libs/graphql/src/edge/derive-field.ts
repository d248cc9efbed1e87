import { fields, type FieldMeta } from '@assay/domain';
import { z } from 'zod';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

/** What a zod schema says of one field, without the wrappers that only say whether it may be absent. */
export type FieldShape =
  | { readonly kind: 'TEXT' | 'INTEGER' | 'BOOLEAN' | 'JSON'; readonly schema: Schema }
  | { readonly kind: 'WORD'; readonly schema: Schema; readonly words: readonly string[] }
  | { readonly kind: 'LIST'; readonly schema: Schema; readonly item: FieldReading }
  | { readonly kind: 'OBJECT'; readonly schema: z.ZodObject };

/** A field's shape, whether it may be absent, and what is registered for it. */
export interface FieldReading {
  readonly shape: FieldShape;
  /** It may be left out or null. */
  readonly nullable: boolean;
  readonly meta: FieldMeta;
}

// zod's own types tell its schemas apart by `def.type`; the union of all of them is not what its parameters are declared as.
const defOf = (schema: Schema): Def => schema._zod.def as Def;

/**
 * Reads a field of a domain schema for the edge. What cannot be shown in GraphQL faithfully is refused here, when the
 * schema is built, so that an aggregate's author learns of it at once.
 */
export function readField(schema: Schema, path: string): FieldReading {
  let at = schema;
  let nullable = false;
  let meta = metaOf(at);
  for (let def = defOf(at); def.type === 'optional' || def.type === 'nullable' || def.type === 'default' || def.type === 'readonly'; def = defOf(at)) {
    nullable ||= def.type !== 'readonly';
    at = def.innerType;
    meta = { ...metaOf(at), ...meta };
  }
  return { shape: shapeOf(at, path), nullable, meta };
}

function shapeOf(schema: Schema, path: string): FieldShape {
  const def = defOf(schema);
  if (def.type === 'string') return { kind: 'TEXT', schema };
  if (def.type === 'number') return { kind: 'INTEGER', schema };
  if (def.type === 'boolean') return { kind: 'BOOLEAN', schema };
  if (def.type === 'enum') return { kind: 'WORD', schema, words: Object.values(def.entries).map(String) };
  if (def.type === 'literal') return { kind: 'WORD', schema, words: def.values.map(String) };
  if (def.type === 'array') return { kind: 'LIST', schema, item: readField(def.element, `${path}[]`) };
  if (schema instanceof z.ZodObject) return { kind: 'OBJECT', schema };
  if (def.type === 'record' || def.type === 'unknown') return { kind: 'JSON', schema };
  throw new Error(`${path}: a ${def.type} of a domain schema has no form in GraphQL`);
}

/** What is registered for a schema: for the edge, and by `.meta()` for everybody. */
export function metaOf(schema: Schema): FieldMeta {
  const description = schema instanceof z.ZodType ? schema.meta()?.description : undefined;
  return { ...(description === undefined ? {} : { description }), ...fields.get(schema) };
}

/** The bounds and patterns of a schema, for text its length, for a list its count, for a number its value. */
export interface Bounds {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly patterns: readonly RegExp[];
  /** It has rules beyond bounds and patterns. */
  readonly refined: boolean;
}
/** Reads them; a schema without any gives none. */
export function boundsOf(schema: Schema): Bounds {
  let [minimum, maximum]: (number | undefined)[] = [];
  const patterns: RegExp[] = [];
  let refined = false;
  for (const check of schema._zod.def.checks ?? []) {
    // As with schemas, zod's checks are told apart by a word of their definition.
    const def = (check as z.core.$ZodChecks)._zod.def;
    if (def.check === 'min_length') minimum = def.minimum;
    else if (def.check === 'max_length') maximum = def.maximum;
    else if (def.check === 'length_equals') [minimum, maximum] = [def.length, def.length];
    else if (def.check === 'greater_than' && def.inclusive && typeof def.value === 'number') minimum = def.value;
    else if (def.check === 'less_than' && def.inclusive && typeof def.value === 'number') maximum = def.value;
    else if (def.check === 'string_format' && def.pattern instanceof RegExp) patterns.push(def.pattern);
    // A kind of check that has no rule of its own is still asked, through the schema itself.
    else if (def.check !== 'number_format') refined = true;
  }
  return { minimum, maximum, patterns, refined };
}
