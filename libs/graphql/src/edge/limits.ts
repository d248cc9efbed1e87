import {
  GraphQLError,
  Kind,
  Lexer,
  Source,
  TokenKind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { apiError } from './error-codes.js';

/** What one document may ask for, fragments counted where they are spread. */
export interface Limits {
  readonly depthMax: number;
  readonly aliasesMax: number;
  readonly rootFieldsMax: number;
  /** Declared over all operations: to check what uses them takes longer than anything else within the limits. */
  readonly variablesMax: number;
  /** Over all operations and all fragments of the document. */
  readonly selectionsMax: number;
  /** Fields asked again where they are asked already: to check that both agree takes time by their square. */
  readonly repeatsMax: number;
}

/** Wide enough for every query of the README and for GraphiQL's introspection; see `cost.ts` for what a query touches. */
export const LIMITS: Limits = { depthMax: 15, aliasesMax: 30, rootFieldsMax: 12, variablesMax: 100, selectionsMax: 800, repeatsMax: 100 };

/** Tokens of a document: names, numbers, texts, brackets. */
export const TOKENS_MAX = 5_000;
/** Brackets open at once; the parser calls itself for each and would run out of stack in time. */
export const NESTING_MAX = 100;
/** Bytes of a request body. */
export const BODY_BYTES_MAX = 256 * 1024;

/** What counts as one request more, so that a caller's rate is one of work and not of requests. */
export const CHARGES = {
  /** Bytes of a body. */
  bodyBytes: 4_096,
  /** Characters of a document that is not kept: it is parsed, checked and perhaps compiled. */
  newCharacters: 256,
  /** Rows that an operation may touch, as `cost.ts` reckons them. */
  rows: 25,
  /** A token that does not hold, in requests: checking a signature is dear, and nobody needs many tries. */
  wrongToken: 10,
} as const;
/** Operations of one identity: how many run at once, and how many more wait for their turn. */
export const OPERATIONS_AT_ONCE = { running: 4, waiting: 40 } as const;
/** Operations that touch more rows than this, or fold the log anew, have places of their own: one of an identity, a few of all. */
export const DEAR_OPERATIONS = { rows: 250, running: 1, inAll: 4 } as const;
/** How long an answer is kept back that says to come again later, so that who does not heed it has to wait all the same. */
export const KEPT_BACK_MS = 1_000;

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * How many tokens a text has: what its document takes of memory is in proportion. Throws `QUERY_TOO_COMPLEX` beyond
 * `TOKENS_MAX` or `NESTING_MAX`, and graphql-js's syntax error where the text has no tokens; so what is parsed after
 * it is small and flat.
 */
export function countTokens(query: string): number {
  const lexer = new Lexer(new Source(query));
  let tokens = 0;
  let nesting = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += 1;
    if (OPENING.has(token.kind)) nesting += 1;
    else if (CLOSING.has(token.kind)) nesting -= 1;
    if (tokens > TOKENS_MAX) throw tooLarge(`more than ${String(TOKENS_MAX)} tokens`);
    if (nesting > NESTING_MAX) throw tooLarge(`more than ${String(NESTING_MAX)} brackets open at once`);
  }
  return tokens;
}

const tooLarge = (broken: string): GraphQLError => apiError('QUERY_TOO_COMPLEX', `The query is too large: ${broken}.`);

/**
 * Refuses a document beyond the limits with `QUERY_TOO_COMPLEX`, before it is validated and in time bounded by the limits
 * themselves: a bomb of 2^20 fragment spreads is given up at `selectionsMax`. A document of introspection alone is free of
 * the depth limit (GraphiQL's is 13 levels and fixed), not of the others. A fragment that nothing spreads counts like an
 * operation, since validation walks it as well. No rule of `validate`, which would walk all of the document for it.
 */
export function limitsError(limits: Limits, { definitions }: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  let variables = 0;
  for (const { variableDefinitions = [] } of operations) variables += variableDefinitions.length;
  if (variables > limits.variablesMax) return tooLarge(`more than ${String(limits.variablesMax)} variables`);
  const walk = new Walk(limits, fragments);
  for (const root of [...operations, ...fragments.values()]) {
    const broken = walk.brokenLimit(root);
    if (broken !== undefined) return new GraphQLError(`The query is too large: ${broken}.`, { nodes: [root], extensions: { code: 'QUERY_TOO_COMPLEX' } });
  }
  return undefined;
}

/** Where a selection set stands: `depth` is -1 below introspection, where nothing of ours is touched. */
interface Place {
  readonly depth: number;
  /** Response keys asked so far of the same object. */
  readonly keys: Set<string>;
  readonly spreading: readonly string[];
}

/** Counts what a document asks for: its operations one after another, then each fragment that none of them spreads. */
class Walk {
  private readonly met = new Set<string>();
  private selections = 0;
  private repeats = 0;
  private depth = 0;
  private aliases = 0;
  private rootFields = 0;

  constructor(
    private readonly limits: Limits,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  brokenLimit({ kind, name, selectionSet }: OperationDefinitionNode | FragmentDefinitionNode): string | undefined {
    const isFragment = kind === Kind.FRAGMENT_DEFINITION;
    if (isFragment && this.met.has(name.value)) return undefined;
    this.depth = this.aliases = this.rootFields = 0;
    this.walk(selectionSet, { depth: isFragment ? 1 : 0, keys: new Set(), spreading: [] });
    const { depthMax, selectionsMax, aliasesMax, rootFieldsMax, repeatsMax } = this.limits;
    if (this.depth > depthMax) return `more than ${String(depthMax)} levels deep`;
    if (this.selections > selectionsMax) return `more than ${String(selectionsMax)} selections`;
    if (this.aliases > aliasesMax) return `more than ${String(aliasesMax)} aliases`;
    if (this.rootFields > rootFieldsMax) return `more than ${String(rootFieldsMax)} root fields`;
    if (this.repeats > repeatsMax) return `more than ${String(repeatsMax)} fields asked again where they are asked already`;
    return undefined;
  }

  private walk(set: SelectionSetNode, place: Place): void {
    for (const selection of set.selections) {
      this.selections += 1;
      if (this.selections > this.limits.selectionsMax || this.depth > this.limits.depthMax) return;
      if (selection.kind === Kind.FIELD) {
        const { name, alias, selectionSet } = selection;
        this.countField(place, { key: (alias ?? name).value, aliased: alias !== undefined });
        const below = name.value.startsWith('__') || place.depth < 0 ? -1 : place.depth + 1;
        this.depth = Math.max(this.depth, below);
        if (selectionSet) this.walk(selectionSet, { depth: below, keys: new Set(), spreading: place.spreading });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) this.walk(selection.selectionSet, place);
      else this.walkSpread(selection.name.value, place);
    }
  }

  private countField({ depth, keys }: Place, { key, aliased }: { readonly key: string; readonly aliased: boolean }): void {
    if (aliased) this.aliases += 1;
    if (depth === 0) this.rootFields += 1;
    if (keys.has(key)) this.repeats += 1;
    keys.add(key);
  }

  private walkSpread(name: string, place: Place): void {
    const fragment = this.fragments.get(name);
    if (!fragment || place.spreading.includes(name)) return;
    this.met.add(name);
    this.walk(fragment.selectionSet, { ...place, spreading: [...place.spreading, name] });
  }
}
