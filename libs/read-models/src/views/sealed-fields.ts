import { eventCatalogue, fields } from '@assay/domain';
import type { z } from 'zod';

/** A value without what is sealed in it: null in its place. */
type Mask = (value: unknown) => unknown;

/** What hides the sealed fields of a schema's values; null where it has none. */
function maskOf(schema: z.core.$ZodType): Mask | null {
  if (fields.get(schema)?.sealed === true) return () => null;
  // zod types a schema by its kinds only in this union; every schema is one of them.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return objectMask(Object.entries(def.shape).map(([name, member]) => [name, maskOf(member)]));
  if (def.type === 'array') return arrayMask(maskOf(def.element));
  return 'innerType' in def ? maskOf(def.innerType) : null;
}

function objectMask(members: readonly (readonly [string, Mask | null])[]): Mask | null {
  const masked = new Map(members.flatMap(([name, mask]) => (mask === null ? [] : [[name, mask] as const])));
  if (masked.size === 0) return null;
  return (value) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked.get(name)?.(member) ?? (masked.has(name) ? null : member)]))
      : value;
}

const arrayMask = (mask: Mask | null): Mask | null => (mask === null ? null : (value) => (Array.isArray(value) ? value.map(mask) : value));

const MASKS: ReadonlyMap<string, Mask> = new Map(
  Object.entries(eventCatalogue).flatMap(([type, { data }]) => {
    const mask = maskOf(data);
    return mask === null ? [] : [[type, mask] as const];
  }),
);

/** Whether events of the type carry what is sealed until the unsealing, or would betray it (`domain.md`, Appraisals). */
export const hasSealedFields = (type: string): boolean => MASKS.has(type);

/** An event's data without its sealed fields, by what its schema says; anything else as it is. */
export const withoutSealedFields = (type: string, data: unknown): unknown => (MASKS.has(type) ? MASKS.get(type)?.(data) : data);
