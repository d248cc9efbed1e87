import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { costError, costFunctionOf, type Cost, type CostFunction } from './cost.js';
import { badInput } from './error-codes.js';
import { namedLiterals, namedVariables } from './input-faults.js';
import { countTokens, limitsError, type Limits } from './limits.js';

/** What documents are checked against, and how many are kept. */
export interface DocumentOptions {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly introspection: boolean;
  /** Documents kept, by number, by characters of their text and by tokens; the least recently used go first. */
  readonly documentsMax?: number;
  readonly charactersMax?: number;
  readonly tokensMax?: number;
  /** Runs of an operation before it is compiled, so that one-off queries are not. */
  readonly runsBeforeCompiling?: number;
}

/** What a client asked for. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** An operation that parsed, passed every rule, got good variables and is within its cost. */
export interface Operation {
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  readonly operationName: string | undefined;
  /** As they were given: graphql-js and graphql-jit coerce them again when they run. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly cost: Cost;
}

/** Tells a refusal from an operation; `Array.isArray` alone does not narrow a readonly list. */
export const isRefusal = (prepared: Operation | readonly GraphQLError[]): prepared is readonly GraphQLError[] => Array.isArray(prepared);

interface Held {
  readonly document: DocumentNode;
  readonly tokens: number;
  readonly errors: readonly GraphQLError[];
  readonly operations: Map<string, HeldOperation>;
}
interface HeldOperation {
  readonly node: OperationDefinitionNode;
  readonly cost: CostFunction;
  runs: number;
  /** Undefined before the first attempt, null where it cannot be compiled. */
  compiled: CompiledQuery['query'] | null | undefined;
}

const VALIDATION_ERRORS_MAX = 5;
/** What is kept of documents. A token is about 500 bytes once parsed, so that all of them stay below 100 MB. */
export const DOCUMENTS_HELD = { documentsMax: 1_000, charactersMax: 2_000_000, tokensMax: 150_000 } as const;

/**
 * Parses, validates, prices and compiles each document once and keeps the result, for HTTP and WebSocket alike, so
 * that what one refuses the other refuses too. Invalid documents are kept as well: sending one again costs a look-up.
 */
export class Documents {
  private readonly held = new Map<string, Held>();
  private readonly byDocument = new WeakMap<DocumentNode, Held>();
  private characters = 0;
  private tokens = 0;
  private readonly options: Required<DocumentOptions>;
  constructor(options: DocumentOptions) {
    this.options = { ...DOCUMENTS_HELD, runsBeforeCompiling: 3, ...options };
  }

  /** Whether this text was looked at before and is kept, so that it costs next to nothing now. */
  knows(query: string): boolean {
    return this.held.has(query);
  }

  /** The operation, or the errors for which it is refused. Never throws for what a client sent. */
  prepare(request: OperationRequest): Operation | readonly GraphQLError[] {
    const held = this.lookUp(request.query);
    if (held.errors.length > 0) return held.errors;
    const operationName = request.operationName ?? undefined;
    const operation = this.operationOf(held, operationName);
    if (operation === undefined) return [badInput(operationName === undefined ? 'The document has several operations: name one in operationName.' : 'The document has no operation of that name.')];
    const variables = request.variables ?? {};
    const { schema } = this.options;
    const definitions = operation.node.variableDefinitions ?? [];
    const coerced = getVariableValues(schema, definitions, variables, { maxErrors: VALIDATION_ERRORS_MAX });
    if (coerced.errors) return namedVariables(coerced.errors, { schema, definitions, variables });
    const cost = operation.cost(coerced.coerced);
    const tooMuch = costError(cost);
    if (tooMuch) return [tooMuch];
    return { document: held.document, node: operation.node, operationName, variables, cost };
  }

  /** Runs a prepared query or mutation: interpreted at first, compiled from the third run of the same document on. */
  run({ document, operationName, variables }: Omit<Operation, 'node' | 'cost'>, contextValue: unknown): Promise<ExecutionResult> | ExecutionResult {
    const args: ExecutionArgs = { schema: this.options.schema, document, contextValue, variableValues: variables, operationName };
    const operation = this.running(document, operationName);
    if (operation === undefined) return execute(args);
    operation.runs += 1;
    if (operation.compiled === undefined && operation.runs >= this.options.runsBeforeCompiling) {
      const compiled = compileQuery(this.options.schema, document, operationName);
      operation.compiled = isCompiledQuery(compiled) ? compiled.query : null;
    }
    return operation.compiled ? operation.compiled(undefined, contextValue, variables) : execute(args);
  }

  /** How many documents are kept now. */
  get size(): number {
    return this.held.size;
  }

  private running(document: DocumentNode, operationName: string | undefined): HeldOperation | undefined {
    const held = this.byDocument.get(document);
    return held && this.operationOf(held, operationName);
  }

  private lookUp(query: string): Held {
    const known = this.held.get(query);
    if (known) {
      // Re-inserted, so that the map's order is that of use.
      this.held.delete(query);
      this.held.set(query, known);
      return known;
    }
    const held = this.check(query);
    this.held.set(query, held);
    this.byDocument.set(held.document, held);
    this.characters += query.length;
    this.tokens += held.tokens;
    this.makeRoom();
    return held;
  }

  private makeRoom(): void {
    const { documentsMax, charactersMax, tokensMax } = this.options;
    for (const [text, { tokens }] of this.held) {
      if (this.held.size <= documentsMax && this.characters <= charactersMax && this.tokens <= tokensMax) return;
      this.held.delete(text);
      this.characters -= text.length;
      this.tokens -= tokens;
    }
  }

  private check(query: string): Held {
    const operations = new Map<string, HeldOperation>();
    let tokens = 0;
    try {
      tokens = countTokens(query);
      const document = parse(query);
      return { document, tokens, errors: this.errorsOf(document), operations };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { document: { kind: Kind.DOCUMENT, definitions: [] }, tokens, errors: [error], operations };
    }
  }

  private errorsOf(document: DocumentNode): readonly GraphQLError[] {
    const { schema, limits, introspection } = this.options;
    // The limits come first and alone: some of the specified rules take quadratic time in what the limits bound.
    const oversized = limitsError(limits, document);
    if (oversized) return [oversized];
    const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    return namedLiterals(document, validate(schema, document, rules, { maxErrors: VALIDATION_ERRORS_MAX }));
  }

  private operationOf(held: Held, operationName: string | undefined): HeldOperation | undefined {
    const known = held.operations.get(operationName ?? '');
    if (known) return known;
    const node = getOperationAST(held.document, operationName);
    if (!node) return undefined;
    const operation: HeldOperation = { node, cost: costFunctionOf(this.options.schema, node, fragmentsOf(held.document)), runs: 0, compiled: undefined };
    held.operations.set(operationName ?? '', operation);
    return operation;
  }
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])));
}
