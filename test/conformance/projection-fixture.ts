import type { Recorded } from '@assay/domain';
import { defineView, partKey, partOfKey, type CategoryFold, type View } from '@assay/read-models';

/**
 * A small world for the projection contract: sheets that rest on a rate and on the pay of a team's workers. It has what
 * the real views have: links that arise later, groups that grow, history, and folds that meet poison.
 */
interface SheetState {
  readonly rate: string;
  readonly team: string;
  readonly owner: string;
  readonly lines: readonly number[];
  readonly since: string | null;
}
interface RateState {
  readonly value: number;
}
interface WorkerState {
  readonly team: string;
  readonly pay: number;
}
export interface Sheet {
  readonly id: string;
  readonly owner: string;
  readonly total: number;
  readonly pay: number;
  readonly members: readonly string[];
  readonly since: string | null;
}
export interface SheetRow {
  readonly before: number;
  readonly after: number;
  readonly by: string;
}

const dataOf = (event: Recorded): Readonly<Record<string, string | number>> =>
  // Data as the test events carry it: a codec has checked real ones.
  event.data as Readonly<Record<string, string | number>>;
const textOf = (event: Recorded, name: string): string => String(dataOf(event)[name] ?? '');
const numberOf = (event: Recorded, name: string): number => Number(dataOf(event)[name] ?? 0);

const sheet: CategoryFold<SheetState> = {
  initial: { rate: '', team: '', owner: '', lines: [], since: null },
  evolve(state, event) {
    switch (event.type) {
      case 'SheetOpened':
        return { ...state, rate: textOf(event, 'rate'), team: textOf(event, 'team'), owner: textOf(event, 'owner') };
      case 'SheetRated':
        return { ...state, rate: textOf(event, 'rate') };
      case 'LineAdded':
        return { ...state, lines: [...state.lines, numberOf(event, 'amount')] };
      case 'SheetDated':
        return { ...state, since: textOf(event, 'since') };
      default:
        throw new Error(`the fold of a sheet meets ${event.type}`);
    }
  },
};
const rate: CategoryFold<RateState> = {
  initial: { value: 0 },
  evolve(_state, event) {
    if (event.type !== 'RateSet') throw new Error(`the fold of a rate meets ${event.type}`);
    return { value: numberOf(event, 'value') };
  },
};
const worker: CategoryFold<WorkerState> = {
  initial: { team: '', pay: 0 },
  evolve: (state, event) =>
    event.type === 'WorkerJoined'
      ? { ...state, team: textOf(event, 'team') }
      : { ...state, pay: state.pay + numberOf(event, 'amount') },
  groups: (state) => (state.team === '' ? [] : [`team:${state.team}`]),
};

export interface SheetOptions {
  readonly name?: string;
  readonly version?: number;
  /** What a later version of the view computes otherwise. */
  readonly factor?: number;
  /** Stands in for a corrected fold. */
  readonly rate?: CategoryFold<RateState>;
}

/** The view under test: lines times the rate, beside the team's pay. */
export function sheetView({ name = 'sheet', version = 1, factor = 1, rate: rateFold = rate }: SheetOptions = {}) {
  return defineView<Sheet, SheetRow>()({
    name,
    version,
    root: 'sheet',
    categories: { sheet, rate: rateFold, worker },
    dependencies: ({ root, states }) => [
      ...(root.rate === '' ? [] : [root.rate]),
      ...(root.team === '' ? [] : states.group(`team:${root.team}`)),
    ],
    touches: (_root, event) => event.type !== 'WorkerGreeted',
    compute({ key, root, states }): Sheet | null {
      if (root.owner === '') return null;
      const value = root.rate === '' ? 0 : states.of('rate', root.rate).value;
      const members = root.team === '' ? [] : states.group(`team:${root.team}`);
      const pay = members.reduce((sum, stream) => sum + states.of('worker', stream).pay, 0);
      const total = factor * value * root.lines.reduce((sum, amount) => sum + amount, 0);
      return { id: key, owner: root.owner, total, pay, members, since: root.since };
    },
    columns: {
      owner: { type: 'text', of: (doc) => doc.owner },
      evaluators: { type: 'text[]', of: (doc) => doc.members },
      total: { type: 'bigint', of: (doc) => doc.total },
      since: { type: 'date', of: (doc) => doc.since },
    },
    indexes: [['owner'], ['total'], ['evaluators']],
    history: {
      columns: { by: { type: 'text', of: (row) => row.by } },
      rows({ before, after, events }): readonly { readonly row: SheetRow }[] {
        const [was, is] = [before?.total ?? 0, after?.total ?? 0];
        return was === is ? [] : [{ row: { before: was, after: is, by: events.at(-1)?.meta.actor ?? '' } }];
      },
    },
  });
}

/** The fold of a rate once it knows the event that poisoned it. */
export const mendedRate: CategoryFold<RateState> = {
  initial: { value: 0 },
  evolve: (_state, event) => ({ value: event.type === 'RateSet' ? numberOf(event, 'value') : 1000 }),
};

/** The same documents without history: computed once a batch, not once an append. */
export function plainView(options: SheetOptions = {}): View<Sheet> {
  const { history: _history, ...view } = sheetView({ name: 'plain', ...options });
  return defineView<Sheet>()(view);
}

/** A document per line beside one per sheet: streams that hold several keys, and a late rate that reaches them all. */
export const lineView = defineView<{ readonly key: string; readonly worth: number }>()({
  name: 'line',
  version: 1,
  root: 'sheet',
  categories: { sheet, rate },
  keys: (root, event) =>
    event.type === 'LineAdded' ? [event.stream, partKey(event.stream, String(root.lines.length - 1))] : [event.stream],
  dependencies: ({ root }) => (root.rate === '' ? [] : [root.rate]),
  compute({ key, root, states }) {
    const value = root.rate === '' ? 0 : states.of('rate', root.rate).value;
    const part = partOfKey(key);
    return { key, worth: value * (part === null ? root.lines.length : (root.lines[Number(part)] ?? 0)) };
  },
  columns: { worth: { type: 'bigint', of: (doc) => doc.worth } },
});
