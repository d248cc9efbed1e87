import { fields } from '@assay/domain';
import type { FieldMeta } from '@assay/domain';
import { z } from 'zod';

/** One field as a reference page shows it. */
export interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly marks: readonly ('personal' | 'sealed')[];
  readonly description: string;
}

/** Fields of a payload, and every named object found below it with its own fields. */
export interface SchemaDescription {
  readonly rows: readonly FieldRow[];
  readonly objects: ReadonlyMap<string, readonly FieldRow[]>;
}

/** Reads a zod schema as a reader of the log would: types by name, limits, marks. A kind it does not know is an error, so that no page is silently wrong. */
export function describeSchema(schema: z.core.$ZodType): SchemaDescription {
  const objects = new Map<string, readonly FieldRow[]>();
  if (schema instanceof z.ZodObject) return { rows: rowsOf(schema, objects), objects };
  return { rows: [{ ...rowOf('', schema, objects), name: '(whole payload)' }], objects };
}

type Objects = Map<string, readonly FieldRow[]>;

function rowsOf(schema: z.ZodObject, objects: Objects): readonly FieldRow[] {
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]) => rowOf(name, field, objects));
}

function rowOf(name: string, schema: z.core.$ZodType, objects: Objects): FieldRow {
  const meta = metaOf(schema);
  const marks = (['personal', 'sealed'] as const).filter((mark) => meta[mark] === true);
  const optional = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return { name, type: typeOf(schema, objects), optional, marks, description: meta.description ?? '' };
}

/** Marks stand on the schema itself or on what it wraps: `personalText().optional()` is as personal as without. */
function metaOf(schema: z.core.$ZodType): FieldMeta {
  const own = fields.get(schema) ?? {};
  return isWrapper(schema) ? { ...metaOf(schema.unwrap()), ...own } : schema instanceof z.ZodArray ? { ...metaOf(schema.element), ...own } : own;
}

function typeOf(schema: z.core.$ZodType, objects: Objects): string {
  if (schema instanceof z.ZodNullable) return `${typeOf(schema.unwrap(), objects)} or null`;
  if (isWrapper(schema)) return typeOf(schema.unwrap(), objects);
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.element, objects)}`;
  if (schema instanceof z.ZodObject) return objectType(schema, objects);
  if (schema instanceof z.ZodRecord) return `map from ${typeOf(schema.keyType, objects)} to ${typeOf(schema.valueType, objects)}`;
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => typeOf(option, objects)).join(' or ');
  return scalarType(schema);
}

function objectType(schema: z.ZodObject, objects: Objects): string {
  const name = fields.get(schema)?.graphql;
  if (name === undefined) {
    const inner = rowsOf(schema, objects).map((row) => `${row.name}${row.optional ? '?' : ''}: ${row.type}`);
    return `{ ${inner.join(', ')} }`;
  }
  if (!objects.has(name)) {
    // Taken before it is filled: an object may hold itself.
    objects.set(name, []);
    objects.set(name, rowsOf(schema, objects));
  }
  return `[${name}](#${name.toLowerCase()})`;
}

function scalarType(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((word) => `\`${word}\``).join(', ');
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const named = fields.get(schema)?.graphql;
  if (named !== undefined) return named;
  if (schema instanceof z.ZodString) return `text${limits(schema.minLength, schema.maxLength)}`;
  if (schema instanceof z.ZodNumber) return `${schema.isInt ? 'integer' : 'number'}${limits(schema.minValue, schema.maxValue)}`;
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodNull) return 'null';
  throw new Error(`the reference pages know no schema of kind ${schema._zod.def.type}`);
}

/** Bounds that the number format itself sets say nothing. */
function limits(min: number | null, max: number | null): string {
  const from = min !== null && min > Number.MIN_SAFE_INTEGER ? min : null;
  const to = max !== null && max < Number.MAX_SAFE_INTEGER ? max : null;
  if (from !== null && to !== null) return `, ${from} to ${to}`;
  if (from !== null) return `, at least ${from}`;
  return to === null ? '' : `, at most ${to}`;
}

type Wrapper = z.ZodOptional | z.ZodNullable | z.ZodDefault | z.ZodReadonly;
function isWrapper(schema: z.core.$ZodType): schema is Wrapper {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodReadonly;
}
