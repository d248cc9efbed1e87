import { coerceInputValue, GraphQLError, isInputType, Kind, typeFromAST, visit, BREAK, type ASTNode, type DocumentNode, type GraphQLSchema, type VariableDefinitionNode } from 'graphql';
import type { ErrorCode } from './error-codes.js';
import type { Violation } from './validation.js';

/** Names of the inputs on the way to a value: of arguments, fields, variables, and indexes of lists. */
type Place = readonly (string | number)[];

/**
 * Says of each error about a literal which input it is about, in `violations`, as the validation pipe says it of values
 * that break their field's rules: `input.items.0.value`. Other errors are handed through.
 */
export function namedLiterals(document: DocumentNode, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  return errors.map((error) => {
    const [node] = error.nodes ?? [];
    const place = node === undefined ? [] : placeOf(document, node);
    return place.length === 0 ? error : named(error, { place, code: 'GRAPHQL_VALIDATION_FAILED' });
  });
}

/** The same of errors about variables: `input.items.0.value` where `$input` is the variable. */
export function namedVariables(errors: readonly GraphQLError[], given: { readonly schema: GraphQLSchema; readonly definitions: readonly VariableDefinitionNode[]; readonly variables: Readonly<Record<string, unknown>> }): readonly GraphQLError[] {
  const places = placesOfFaults(given, errors.length);
  return errors.map((error) => {
    const [definition] = error.nodes ?? [];
    // Where there are too many errors the last one says so, of no variable.
    if (definition?.kind !== Kind.VARIABLE_DEFINITION) return error;
    const name = definition.variable.name.value;
    const place = error.message.startsWith(`Variable "$${name}" got invalid value`) ? places.shift() : undefined;
    return named(error, { place: place ?? [name], code: 'BAD_USER_INPUT' });
  });
}

function named(error: GraphQLError, { place, code }: { readonly place: Place; readonly code: ErrorCode }): GraphQLError {
  const cause = error.originalError instanceof GraphQLError ? error.originalError : error;
  const violations: readonly Violation[] = [{ path: place.join('.'), constraints: { type: expectationOf(cause.message) } }];
  return new GraphQLError(cause.message, { nodes: error.nodes ?? null, source: error.source ?? null, positions: error.positions ?? null, extensions: { code, ...cause.extensions, violations } });
}

/** graphql-js puts a hint of what exists, and the value itself, into its messages; neither belongs into a constraint. */
const expectationOf = (message: string): string => /^[A-Za-z0-9]+ (expects .*)$/.exec(message.slice(0, 300))?.[1] ?? 'is not what the schema allows here';

/** Where graphql-js found fault with variables, in its own order: the same function asked for the places alone. */
function placesOfFaults({ schema, definitions, variables }: Parameters<typeof namedVariables>[1], placesMax: number): Place[] {
  const places: Place[] = [];
  const enough = new Error('enough places');
  for (const { variable, type } of definitions) {
    const name = variable.name.value;
    const inputType = typeFromAST(schema, type);
    if (!isInputType(inputType) || variables[name] == null) continue;
    try {
      coerceInputValue(variables[name], inputType, (path) => {
        places.push([name, ...path]);
        if (places.length >= placesMax) throw enough;
      });
    } catch (error) {
      if (error === enough) return places;
      throw error;
    }
  }
  return places;
}

function placeOf(document: DocumentNode, target: ASTNode): Place {
  let keys: readonly (string | number)[] = [];
  visit(document, {
    enter(node, ...[, , path]) {
      if (node !== target) return undefined;
      keys = [...path];
      return BREAK;
    },
  });
  const place: (string | number)[] = [];
  let at: unknown = document;
  let listed = false;
  for (const key of keys) {
    at = Reflect.get(Object(at), key);
    if (listed && typeof key === 'number') place.push(key);
    if (!isNode(at)) continue;
    listed = at.kind === Kind.LIST;
    if (at.kind === Kind.ARGUMENT || at.kind === Kind.OBJECT_FIELD) place.push(at.name.value);
    if (at.kind === Kind.VARIABLE_DEFINITION) place.push(at.variable.name.value);
  }
  return place;
}

// What a path of `visit` leads through is a node or a list of nodes.
const isNode = (at: unknown): at is ASTNode => typeof at === 'object' && at !== null && 'kind' in at;
