import { assert, categoryOf } from '@assay/domain';
import { streamOfKey, type KeyContext, type StateLookup } from '../view/view.js';
import { groupSource, type BatchFold } from './batch-fold.js';

/** Looks at states and remembers what it looked at, under the names links have. */
function tracking(fold: BatchFold, seen: Set<string>): StateLookup {
  const stream = (name: string): string => {
    seen.add(name);
    return name;
  };
  return {
    of: (category, name) => {
      assert(categoryOf(name) === category, 'a stream is looked up under its category', { category, stream: name });
      return fold.stateFor(stream(name));
    },
    revision: (name) => fold.streamState(stream(name))?.revision ?? -1,
    group: (name) => {
      seen.add(groupSource(name));
      return fold.members(name);
    },
  };
}

/** Refuses what is not linked: a change there would not reach the key, and live and replayed answers would part. */
function linkedOnly(fold: BatchFold, links: ReadonlySet<string>): StateLookup {
  const open = tracking(fold, new Set());
  const linked = (name: string): string => {
    assert(links.has(name), 'compute looks only at dependencies', { view: fold.view.name, looked: name });
    return name;
  };
  return {
    of: (category, name) => open.of(category, linked(name)),
    revision: (name) => open.revision(linked(name)),
    group: (name) => {
      linked(groupSource(name));
      return open.group(name);
    },
  };
}

const contextOf = (
  fold: BatchFold,
  key: string,
  states: StateLookup,
): KeyContext<BatchFold['view']['categories'], never> => ({
  key,
  // As above: the root's type is the view's own.
  root: fold.stateFor(streamOfKey(key)) as never,
  states,
  effectiveOn: fold.effectiveOn ?? null,
});

/** What a key depends on, its root left out: what the view names and what it looked at while naming. */
export function dependenciesOf(fold: BatchFold, key: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const named = fold.view.dependencies?.(contextOf(fold, key, tracking(fold, seen))) ?? [];
  for (const stream of named) {
    seen.add(stream);
    fold.streamState(stream);
  }
  seen.delete(streamOfKey(key));
  return seen;
}

/** The document of a key by the states as they stand. */
export function computeDoc(fold: BatchFold, key: string, links: ReadonlySet<string>): unknown {
  return fold.view.compute(contextOf(fold, key, linkedOnly(fold, new Set([...links, streamOfKey(key)]))));
}

/** Whether the key's root or anything it depends on is broken. */
export const restsOnBroken = (fold: BatchFold, key: string, links: ReadonlySet<string>): boolean =>
  [streamOfKey(key), ...links].some((source) => !source.startsWith('@') && fold.streamState(source)?.broken === true);
