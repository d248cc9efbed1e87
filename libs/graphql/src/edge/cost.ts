import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  valueFromASTUntyped,
  type ArgumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { apiError } from './error-codes.js';

/** An operation's variables, coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/** What an operation may touch, in rows: a page of 100 of which each opens a page of 20 is about 2,100. */
export const COST_MAX = 5_000;
/** An `asOf` folds the log anew. */
export const AS_OF_COST = 20;
export const AS_OF_PER_OPERATION_MAX = 4;
/** The page size where a connection is asked without one. */
export const PAGE_SIZE_DEFAULT = 20;

/** Objects touched, and how often the log is folded anew. */
export interface Cost {
  readonly rows: number;
  readonly asOfs: number;
}
/** The cost of one operation of one document, as a function of its variables. */
export type CostFunction = (variables: Variables) => Cost;

const ZERO: Cost = { rows: 0, asOfs: 0 };
const FREE: CostFunction = () => ZERO;
type NumberOf = (variables: Variables) => number;

/**
 * Walks an operation once and returns its cost as a function of its variables, to be kept beside the document; so a
 * repeated query pays a few multiplications. An object costs 1, a scalar nothing, a page its size times what one row
 * costs, an `asOf` that is given `AS_OF_COST`. Fragments of different types are added up: an upper bound.
 */
export function costFunctionOf(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): CostFunction {
  const byFragment = new Map<string, CostFunction>();

  const ofSet = (set: SelectionSetNode | undefined, parent: GraphQLCompositeType | undefined): CostFunction => {
    if (set === undefined || parent === undefined) return FREE;
    const parts = set.selections.map((selection): CostFunction => {
      if (selection.kind === Kind.FIELD) return ofField(selection, parent);
      if (selection.kind === Kind.INLINE_FRAGMENT) return ofSet(selection.selectionSet, typeNamed(schema, selection.typeCondition?.name.value) ?? parent);
      return ofSpread(selection.name.value);
    });
    return sumOf(parts.filter((part) => part !== FREE));
  };

  const ofSpread = (name: string): CostFunction => {
    const known = byFragment.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    // A fragment in its own expansion costs nothing more; validation refuses such cycles anyway.
    byFragment.set(name, FREE);
    const cost = ofSet(fragment?.selectionSet, typeNamed(schema, fragment?.typeCondition.name.value));
    byFragment.set(name, cost);
    return cost;
  };

  const ofField = (node: FieldNode, parent: GraphQLCompositeType): CostFunction => {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (field === undefined) return FREE;
    const type = getNamedType(field.type);
    const asOf = argumentOf(node, 'asOf');
    if (!isCompositeType(type)) return asOf ? asOfCost(asOf, FREE) : FREE;
    const below = ofSet(node.selectionSet, type);
    const page = pageSizeOf(node, field);
    const priced: CostFunction = (variables) => {
      const { rows, asOfs } = below(variables);
      return { rows: page === undefined ? 1 + rows : 1 + page(variables) * Math.max(1, rows), asOfs };
    };
    return asOf ? asOfCost(asOf, priced) : priced;
  };

  return ofSet(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

/** Refuses an operation that costs too much, with figures, so that a client can see what to cut. */
export function costError({ rows, asOfs }: Cost) {
  if (asOfs > AS_OF_PER_OPERATION_MAX) return apiError('QUERY_TOO_COMPLEX', `At most ${String(AS_OF_PER_OPERATION_MAX)} moments (asOf) in one operation.`, { asOfs, asOfsMax: AS_OF_PER_OPERATION_MAX });
  if (rows > COST_MAX) return apiError('QUERY_TOO_COMPLEX', `The query costs ${String(rows)}, more than ${String(COST_MAX)}: ask for smaller pages.`, { cost: rows, costMax: COST_MAX });
  return undefined;
}

function sumOf(parts: readonly CostFunction[]): CostFunction {
  const [first] = parts;
  if (first === undefined) return FREE;
  if (parts.length === 1) return first;
  return (variables) => {
    let rows = 0;
    let asOfs = 0;
    for (const part of parts) {
      const cost = part(variables);
      rows += cost.rows;
      asOfs += cost.asOfs;
    }
    return { rows, asOfs };
  };
}

function asOfCost(argument: ArgumentNode, rest: CostFunction): CostFunction {
  return (variables) => {
    const cost = rest(variables);
    const given = valueFromASTUntyped(argument.value, variables) ?? null;
    return given === null ? cost : { rows: cost.rows + AS_OF_COST, asOfs: cost.asOfs + 1 };
  };
}

/** How many rows a field opens: `first` or `last` of a connection, the length of `ids`; undefined for a single object. */
function pageSizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>): NumberOf | undefined {
  if (field.args.some(({ name }) => name === 'first' || name === 'last')) {
    const sizes = [argumentOf(node, 'first'), argumentOf(node, 'last')].filter((argument) => argument !== undefined);
    return (variables) => {
      const given = sizes.map((argument) => valueFromASTUntyped(argument.value, variables)).filter((size): size is number => typeof size === 'number' && size >= 0);
      return given.length === 0 ? PAGE_SIZE_DEFAULT : Math.max(...given);
    };
  }
  const ids = argumentOf(node, 'ids');
  if (ids === undefined) return undefined;
  return (variables) => {
    const given: unknown = valueFromASTUntyped(ids.value, variables);
    return Array.isArray(given) ? given.length : 1;
  };
}

const argumentOf = (node: FieldNode, name: string): ArgumentNode | undefined => node.arguments?.find((argument) => argument.name.value === name);

function typeNamed(schema: GraphQLSchema, name: string | undefined): GraphQLCompositeType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}
