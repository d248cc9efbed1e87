import type { Type } from '@nestjs/common';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { GraphQLScalarType } from 'graphql';
import { z } from 'zod';
import { readField, type FieldReading } from './derive-field.js';
import { validateField } from './derive-validation.js';
import { wordsFor } from './descriptions.js';
import { SCALARS, textScalar } from './scalars.js';

/** Options of a derived type. */
export interface DeriveOptions {
  readonly description?: string;
  /** Interface classes that an object type implements. */
  readonly implements?: readonly Type[];
}
/** A class made at run time; its fields are those of its schema. */
export type DerivedType = Type<Record<string, unknown>>;
type Kind = 'INPUT' | 'OBJECT';
/** A class, a scalar or an enum object, as `Field` takes it. */
type GraphqlType = Type | GraphQLScalarType | object;

const made = new Map<string, { readonly schema: z.ZodObject; readonly type: DerivedType }>();
const enums = new Map<string, { readonly words: readonly string[]; readonly type: object }>();
const scalars = new Map<string, GraphQLScalarType>();

/**
 * The GraphQL input type of a domain schema: explicit fields with descriptions, and class-validator's rules for
 * presence, length, count, range and pattern, so that the validation pipe names every field that breaks one. Business
 * rules stay in `decide`. Made once per name; the same name for another schema is a mistake and refused.
 */
export const inputTypeOf = (name: string, schema: z.ZodObject, options: DeriveOptions = {}): DerivedType => derive('INPUT', { name, schema, options });

/** The GraphQL object type of a domain schema. Fields that can be sealed or erased are nullable, and say so. */
export const objectTypeOf = (name: string, schema: z.ZodObject, options: DeriveOptions = {}): DerivedType => derive('OBJECT', { name, schema, options });

/** The GraphQL enum of a list of words, made once per name. `descriptions` is by word. */
export function enumOf(name: string, words: readonly string[], descriptions: Readonly<Record<string, string>> = {}): object {
  const known = enums.get(name);
  if (known) {
    if (known.words.join() !== words.join()) throw new Error(`the enum ${name} is there with other words`);
    return known.type;
  }
  const type = Object.fromEntries(words.map((word) => [word, word]));
  const valuesMap = Object.fromEntries(Object.entries(descriptions).map(([word, description]) => [word, { description }]));
  const description = wordsFor(name);
  registerEnumType(type, { name, valuesMap, ...(description === undefined ? {} : { description }) });
  enums.set(name, { words, type });
  return type;
}

function derive(kind: Kind, { name, schema, options }: { name: string; schema: z.ZodObject; options: DeriveOptions }): DerivedType {
  const known = made.get(name);
  if (known) {
    if (!sameForm(known.schema, schema)) throw new Error(`the type ${name} is there with another schema`);
    return known.type;
  }
  const type = classNamed(name);
  made.set(name, { schema, type });
  const description = options.description ?? wordsFor(name);
  const described = description === undefined ? {} : { description };
  if (kind === 'INPUT') InputType(name, described)(type);
  else ObjectType(name, { ...described, ...(options.implements ? { implements: [...options.implements] } : {}) })(type);
  for (const [field, fieldSchema] of Object.entries<z.core.$ZodType>(schema.shape)) addField({ kind, name, type }, field, readField(fieldSchema, `${name}.${field}`));
  return type;
}

/** Two schemas made alike are one type: an aggregate may write the same small shape twice. */
function sameForm(a: z.ZodObject, b: z.ZodObject): boolean {
  const form = (schema: z.ZodObject): string => JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' }));
  return a === b || form(a) === form(b);
}

/** A new class of that name: the name that GraphQL, errors and stacks show. */
export function classNamed(name: string): DerivedType {
  // An empty class has no constructor that could take arguments; Nest makes instances of it through the transformer only.
  const type = ({ [name]: class {} } as Readonly<Record<string, DerivedType>>)[name];
  if (type === undefined) throw new Error(`no class could be made for ${name}`);
  return type;
}

function addField({ kind, name, type }: { kind: Kind; name: string; type: DerivedType }, field: string, reading: FieldReading): void {
  const { shape, meta } = reading;
  const hideable = kind === 'OBJECT' && (meta.sealed === true || meta.personal === true);
  const nullable = reading.nullable || hideable;
  const graphqlType = typeOf(kind, reading, `${name.replace(/Input$/, '')}${capital(field)}`);
  const words = meta.description ?? wordsFor(name, field);
  const note = meta.sealed === true ? 'Null while sealed, and where hidden from you.' : 'Null where hidden from you or erased.';
  const description = [words, hideable ? note : undefined].filter((part) => part !== undefined).join(' ');
  const nulls = shape.kind === 'LIST' && shape.item.nullable ? (nullable ? 'itemsAndList' : 'items') : nullable;
  // Nest types the function by what it returns; a derived class, scalar or enum object is all it needs.
  Field(() => graphqlType as Type, { nullable: nulls, ...(description === '' ? {} : { description }) })(prototypeOf(type), field);
  if (kind === 'INPUT') validateField({ prototype: prototypeOf(type), field }, reading, innermost(graphqlType));
}

function typeOf(kind: Kind, { shape, meta }: FieldReading, fallback: string): GraphqlType {
  const name = meta.graphql ?? fallback;
  switch (shape.kind) {
    case 'LIST':
      return [typeOf(kind, shape.item, fallback)];
    case 'OBJECT':
      return derive(kind, { name: kind === 'INPUT' ? `${name}Input` : name, schema: shape.schema, options: meta.description === undefined ? {} : { description: meta.description } });
    case 'WORD':
      return enumOf(name, shape.words);
    case 'BOOLEAN':
      return Boolean;
    case 'JSON':
      return scalarOf('JSON', z.unknown());
    case 'INTEGER':
      return meta.graphql === undefined ? Int : scalarOf(meta.graphql, shape.schema);
    case 'TEXT':
      return meta.graphql === 'ID' ? ID : meta.graphql === undefined ? String : scalarOf(meta.graphql, shape.schema, meta.description);
  }
}

/** A scalar of the API, or one of text made from the schema that names it. */
function scalarOf(name: string, schema: z.core.$ZodType, description?: string): GraphQLScalarType {
  const known = SCALARS[name] ?? scalars.get(name);
  if (known) return known;
  const expects = description ?? wordsFor(name) ?? 'text of its form';
  const scalar = textScalar({ name, description: expects, expects: lowered(expects), accepts: (text) => z.safeParse(schema, text).success });
  scalars.set(name, scalar);
  return scalar;
}

function innermost(type: GraphqlType): GraphqlType {
  const inner: unknown = Array.isArray(type) ? type[0] : undefined;
  return typeof inner === 'object' || typeof inner === 'function' ? innermost(inner ?? {}) : type;
}
/** Where decorators put what they know of a class. */
export function prototypeOf(type: Type): object {
  // `Type` declares its prototype as any.
  return type.prototype as object;
}
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const lowered = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
