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
  const decorators = [nullable ? IsOptional() : IsDefined(), ...rulesOf(shape, property.field, nested)];
  for (const decorate of decorators) decorate(property.prototype, property.field);
}

function rulesOf(shape: FieldShape, field: string, nested: unknown, options?: ValidationOptions): readonly PropertyDecorator[] {
  switch (shape.kind) {
    case 'LIST': {
      const { minimum, maximum } = boundsOf(shape.schema);
      const counts = [...(minimum === undefined ? [] : [ArrayMinSize(minimum)]), ...(maximum === undefined ? [] : [ArrayMaxSize(maximum)])];
      return [IsArray(), ...counts, ...rulesOf(shape.item.shape, field, nested, { each: true }), ...refinement(shape.schema, field)];
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

/** What a schema demands beyond bounds and patterns, in the schema's own words; also for JSON, which has nothing else. */
function refinement(schema: z.core.$ZodType, field: string, options: ValidationOptions = {}): readonly PropertyDecorator[] {
  const decorate: PropertyDecorator = (target, propertyName) => {
    registerDecorator({
      name: 'refined',
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message: `${field} must be ${wordsOf(schema)}`, ...options },
      validator: { validate: (value: unknown) => z.safeParse(schema, value).success },
    });
  };
  return boundsOf(schema).refined || schema._zod.def.type === 'record' ? [decorate] : [];
}

/** The message of the first refinement, found by a value that no schema takes for good. */
function wordsOf(schema: z.core.$ZodType): string {
  const custom = (schema._zod.def.checks ?? []).find((check) => check._zod.def.check === 'custom');
  const { error } = (custom?._zod.def ?? {}) as { readonly error?: unknown };
  const words: unknown = typeof error === 'function' ? error({}) : error;
  return typeof words === 'string' ? words : 'of the form described';
}
