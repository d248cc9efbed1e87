import { Kind, type OperationDefinitionNode } from 'graphql';

/** What is said of an operation in metrics, traces and the log: words of the schema and codes of ours, nothing that a client typed. */
export interface OperationLabels {
  readonly kind: string;
  /** Its root field; `several`, or `introspection`. */
  readonly operation: string;
}

/** For what could not be read, or was not looked at. */
export const UNKNOWN_OPERATION: OperationLabels = { kind: 'none', operation: 'none' };

/** The labels of an operation that passed validation, so that its fields are the schema's. */
export function labelsOf({ operation: kind, selectionSet }: OperationDefinitionNode): OperationLabels {
  const names = new Set(selectionSet.selections.map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : '...')));
  names.delete('__typename');
  const [name = 'introspection'] = names;
  const operation = names.size > 1 || name === '...' ? 'several' : name.startsWith('__') ? 'introspection' : name;
  return { kind, operation };
}
