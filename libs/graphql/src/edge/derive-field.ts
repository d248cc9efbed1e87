import { fields, type FieldMeta } from '@assay/domain';
import type { z } from 'zod';

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypes['_zod']['def'];

/** What a zod schema says of one field, without the wrappers that only say whether it may be absent. */
export type FieldShape =
  | { readonly kind: 'TEXT' | 'INTEGER' | 'BOOLEAN' | 'JSON'; readonly schema: Schema }
  | { readonly kind: 'WORD'; readonly schema: Schema; readonly words: readonly string[] }
  | { readonly kind: 'LIST'; readonly schema: Schema; readonly item: FieldReading }
  | { readonly kind: 'OBJECT'; readonly schema: z.ZodObject };

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
  switch (def.type) {
    case 'string':
      return { kind: 'TEXT', schema };
    case 'number':
      return { kind: 'INTEGER', schema };
    case 'boolean':
      return { kind: 'BOOLEAN', schema };
    case 'enum':
      return { kind: 'WORD', schema, words: Object.values(def.entries).map(String) };
    case 'literal':
      return { kind: 'WORD', schema, words: def.values.map(String) };
    case 'array':
      return { kind: 'LIST', schema, item: readField(def.element, `${path}[]`) };
    case 'object':
      return { kind: 'OBJECT', schema: schema as z.ZodObject };
    case 'record':
    case 'unknown':
      return { kind: 'JSON', schema };
    default:
      throw new Error(`${path}: a ${def.type} of a domain schema has no form in GraphQL`);
  }
}

/** What is registered for a schema: for the edge, and by `.meta()` for everybody. */
export function metaOf(schema: Schema): FieldMeta {
  const global = 'meta' in schema && typeof schema.meta === 'function' ? (schema as z.ZodType).meta()?.description : undefined;
  return { ...(global === undefined ? {} : { description: global }), ...fields.get(schema) };
}

/** The bounds and patterns of a schema, for text its length, for a list its count, for a number its value. */
export interface Bounds {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly patterns: readonly RegExp[];
  /** It has rules beyond bounds and patterns. */
  readonly refined: boolean;
}
export function boundsOf(schema: Schema): Bounds {
  const { bag, def } = schema._zod;
  const { minimum, maximum, patterns } = bag as { readonly minimum?: unknown; readonly maximum?: unknown; readonly patterns?: unknown };
  return {
    minimum: typeof minimum === 'number' ? minimum : undefined,
    maximum: typeof maximum === 'number' ? maximum : undefined,
    patterns: patterns instanceof Set ? [...patterns].filter((pattern) => pattern instanceof RegExp) : [],
    refined: (def.checks ?? []).some((check) => check._zod.def.check === 'custom'),
  };
}
