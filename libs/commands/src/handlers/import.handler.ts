import {
  decideImport,
  importCommands,
  importKey,
  mayImport,
  sees,
  visibleImports,
  type DecisionContext,
  type ImportCommand,
  type ImportEvent,
  type ImportState,
} from '@assay/domain';
import { importFold } from '../folds.js';
import { derivedId, type AggregateHandler } from '../handler.js';

/** Commands of `import-<id>` (`api.md`, Import of a CRM export); the id follows from the digests of the files. */
export const importHandler = (logId: string): AggregateHandler<ImportState, ImportCommand, DecisionContext, ImportEvent> => ({
  aggregate: 'import',
  commands: importCommands,
  fold: importFold,
  stream: ({ type, id, data }) => {
    if (type !== 'StartImport') return `import-${id ?? ''}`;
    // The edge and the loader have checked the payload against the command's schema.
    return `import-${derivedId(logId, importKey(data as Extract<ImportCommand, { readonly type: 'StartImport' }>['data']))}`;
  },
  world: (_command, _state, gathering) => Promise.resolve(gathering),
  mayRead: (principal) => sees(visibleImports(principal), {}),
  may: mayImport,
  decide: decideImport,
});
