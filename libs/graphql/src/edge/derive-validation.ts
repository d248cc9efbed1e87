import { Type as Transformed } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  registerDecorator,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { z } from 'zod';
import { boundsOf, type FieldReading, type FieldShape } from './derive-field.js';

interface Property {
  readonly prototype: object;
  readonly field: string;
}

/** Puts class-validator's rules for one field of a domain schema on a derived input class. */
export function validateField(property: Property, { shape, nullable }: FieldReading, nested: unknown): void {
  const decorators = [nullable ? IsOptional() : IsDefined(), ...rulesOf(shape, { field: property.field, nested })];
  for (const decorate of decorators) decorate(property.prototype, property.field);
}

interface Where {
  readonly field: string;
  /** The class of the objects inside, where there are any. */
  readonly nested: unknown;
}

function rulesOf(shape: FieldShape, where: Where, options?: ValidationOptions): readonly PropertyDecorator[] {
  const { field, nested } = where;
  switch (shape.kind) {
    case 'LIST': {
      const { minimum, maximum } = boundsOf(shape.schema);
      const counts = [...(minimum === undefined ? [] : [ArrayMinSize(minimum)]), ...(maximum === undefined ? [] : [ArrayMaxSize(maximum)])];
      return [IsArray(), ...counts, ...rulesOf(shape.item.shape, where, { each: true }), ...refinement(shape.schema, field)];
    }
    case 'OBJECT':
      // The transformer makes instances of the class, which carries the rules of the fields below.
      return [ValidateNested(options), Transformed(() => nested as new () => object), ...refinement(shape.schema, field, options)];
    case 'WORD':
      return [IsIn([...shape.words], options)];
    case 'BOOLEAN':
      return [IsBoolean(options)];
    case 'INTEGER': {
      const { minimum, maximum } = boundsOf(shape.schema);
      return [IsInt(options), ...(minimum === undefined ? [] : [Min(minimum, options)]), ...(maximum === undefined ? [] : [Max(maximum, options)]), ...refinement(shape.schema, field, options)];
    }
    case 'TEXT': {
      const { minimum, maximum, patterns } = boundsOf(shape.schema);
      const lengths = [...(minimum === undefined ? [] : [MinLength(minimum, options)]), ...(maximum === undefined ? [] : [MaxLength(maximum, options)])];
      return [IsString(options), ...lengths, ...patterns.map((pattern) => Matches(pattern, options)), ...refinement(shape.schema, field, options)];
    }
    case 'JSON':
      return refinement(shape.schema, field, options);
  }
}

/** What a schema demands beyond bounds and patterns, in the schema's own words; of JSON everything, since nothing else looks at it. */
function refinement(schema: z.core.$ZodType, field: string, options: ValidationOptions = {}): readonly PropertyDecorator[] {
  const decorate: PropertyDecorator = (target, propertyName) => {
    registerDecorator({
      name: 'refined',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { ...options, message: ({ value }) => `${field} must be ${wordsOf(schema, value)}` },
      validator: { validate: (value: unknown) => uncovered(schema, value).length === 0 },
    });
  };
  return boundsOf(schema).refined || schema._zod.def.type === 'record' ? [decorate] : [];
}

const COVERED: ReadonlySet<string> = new Set(['too_small', 'too_big', 'invalid_format', 'invalid_type']);

/** What the schema finds wrong and no other rule has named; of JSON everything. */
function uncovered(schema: z.core.$ZodType, value: unknown): readonly z.core.$ZodIssue[] {
  const issues = z.safeParse(schema, value).error?.issues ?? [];
  return schema._zod.def.type === 'record' ? issues : issues.filter(({ code }) => !COVERED.has(code));
}

/** The schema's message for a value, or for the first of a list of values, that breaks it. */
function wordsOf(schema: z.core.$ZodType, value: unknown): string {
  const inside: readonly unknown[] = Array.isArray(value) ? value : [];
  const [first] = [value, ...inside].flatMap((one) => uncovered(schema, one));
  return first?.message ?? 'of the form described';
}
