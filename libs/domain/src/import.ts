import { accept, defineCommands, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import { canonicalText } from './kernel/canonical.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import { importEvents } from './import.events.js';
import type { ImportCounts, ImportEvent } from './import.events.js';

/** The commands of `import-<id>` (`api.md`, Import of a CRM export). */
export const importCommands = defineCommands({
  StartImport: {
    doc: 'Begin to read an export. The id follows from the digests of its files.',
    input: importEvents.ImportStarted.data.omit({ importId: true }),
    creates: true,
  },
  FinishImport: { doc: 'Say what an import came to.', input: importEvents.ImportFinished.data },
});
export type ImportCommand = CommandOf<typeof importCommands>;

type Started = Extract<ImportEvent, { readonly type: 'ImportStarted' }>['data'];
/** `STARTED` until the first time that it was read whole. */
export type ImportState =
  | { readonly status: 'ABSENT' }
  | ({ readonly status: 'STARTED' } & Started)
  | ({ readonly status: 'FINISHED'; readonly counts: ImportCounts } & Started);
/** Before the first event. */
export const initialImport: ImportState = { status: 'ABSENT' };

/** What an import's id follows from: the same files are the same import, so that a second run goes on with the first. */
export const importKey = ({ source, files }: Omit<Started, 'importId'>): readonly string[] => [
  'import',
  source,
  ...files.map(({ kind, sha256 }) => `${kind} ${sha256}`).toSorted((a, b) => (a < b ? -1 : 1)),
];

/** The fold of `import-<id>`. */
export function evolveImport(state: ImportState, event: RecordedOf<ImportEvent>): ImportState {
  switch (event.type) {
    case 'ImportStarted':
      return { status: 'STARTED', ...event.data };
    case 'ImportFinished':
      assert(state.status !== 'ABSENT', 'an import begins with ImportStarted', { event: event.type });
      return { ...state, status: 'FINISHED', counts: event.data.counts };
    default:
      return never(event);
  }
}

/**
 * Decides a command on an import. Rejects `NOT_THERE`. Whoever starts what is started already goes on with it; counts
 * that are known already make no event.
 */
export function decideImport(
  state: ImportState,
  command: ImportCommand,
  { newId }: DecisionContext,
): Decision<ImportEvent> {
  switch (command.type) {
    case 'StartImport':
      return state.status === 'ABSENT'
        ? accept({ type: 'ImportStarted', data: { importId: newId, ...command.data } })
        : accept();
    case 'FinishImport': {
      if (state.status === 'ABSENT') return reject('NOT_THERE');
      const known = state.status === 'FINISHED' && canonicalText(state.counts) === canonicalText(command.data.counts);
      return known ? accept() : accept({ type: 'ImportFinished', data: command.data });
    }
    default:
      return never(command);
  }
}
