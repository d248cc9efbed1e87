import { GraphQLError, Kind, type ASTVisitor, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode, type ValidationContext } from 'graphql';

/** What one document may ask for, fragments counted where they are spread. */
export interface Limits {
  readonly depthMax: number;
  readonly aliasesMax: number;
  readonly rootFieldsMax: number;
  readonly selectionsMax: number;
}

/** Wide enough for every query of the README and for GraphiQL's introspection; see `cost.ts` for what a query touches. */
export const LIMITS: Limits = { depthMax: 15, aliasesMax: 30, rootFieldsMax: 12, selectionsMax: 800 };

/** Tokens of a document; the parser gives up beyond. */
export const TOKENS_MAX = 5_000;
/** Bytes of a request body. */
export const BODY_BYTES_MAX = 256 * 1024;

interface Tally {
  depth: number;
  aliases: number;
  rootFields: number;
  selections: number;
}

/**
 * A validation rule that refuses documents beyond the limits with `QUERY_TOO_COMPLEX`, before anything runs and in
 * time bounded by the limits themselves: a bomb of 2^20 fragment spreads is given up at `selectionsMax`. A document of
 * introspection alone is free of the depth limit (GraphiQL's is 13 levels and fixed), not of the others.
 */
export const limitsRule =
  (limits: Limits) =>
  (context: ValidationContext): ASTVisitor => ({
    Document(document) {
      const fragments = new Map<string, FragmentDefinitionNode>();
      for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        const broken = brokenLimit(definition, fragments, limits);
        if (broken) context.reportError(new GraphQLError(`The query is too large: ${broken}.`, { nodes: [definition], extensions: { code: 'QUERY_TOO_COMPLEX' } }));
      }
    },
  });

function brokenLimit(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: Limits): string | undefined {
  const tally: Tally = { depth: 0, aliases: 0, rootFields: 0, selections: 0 };
  const full = (): boolean => tally.selections > limits.selectionsMax || tally.depth > limits.depthMax;
  const walk = (set: SelectionSetNode, depth: number, spreading: readonly string[]): void => {
    for (const selection of set.selections) {
      tally.selections += 1;
      if (full()) return;
      if (selection.kind === Kind.FIELD) {
        if (selection.alias) tally.aliases += 1;
        if (depth === 0) tally.rootFields += 1;
        // Below __schema and __type nothing of ours is touched; the selections are still counted.
        const below = selection.name.value.startsWith('__') || depth < 0 ? -1 : depth + 1;
        tally.depth = Math.max(tally.depth, below);
        if (selection.selectionSet) walk(selection.selectionSet, below, spreading);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, depth, spreading);
      else {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment && !spreading.includes(name)) walk(fragment.selectionSet, depth, [...spreading, name]);
      }
    }
  };
  walk(operation.selectionSet, 0, []);
  if (tally.depth > limits.depthMax) return `more than ${String(limits.depthMax)} levels deep`;
  if (tally.selections > limits.selectionsMax) return `more than ${String(limits.selectionsMax)} selections`;
  if (tally.aliases > limits.aliasesMax) return `more than ${String(limits.aliasesMax)} aliases`;
  if (tally.rootFields > limits.rootFieldsMax) return `more than ${String(limits.rootFieldsMax)} root fields`;
  return undefined;
}
