import type { ParkedWork, ProcessStore, Timer } from './process.js';

const byDue = (a: Timer, b: Timer): number => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1);

const keyOf = ({ manager, key }: Pick<ParkedWork, 'manager' | 'key'>): string => `${manager}\u0000${key}`;

/** A process store for one process that starts anew: dry runs of a replay, and tests. */
export function memoryProcessStore(): ProcessStore {
  let checkpoint = -1;
  const timers = new Map<string, Timer>();
  const finished = new Set<string>();
  const parked = new Map<string, ParkedWork>();
  const waiting = (): Timer[] => [...timers.values()].sort(byDue);
  return {
    checkpoint: () => Promise.resolve(checkpoint),
    commit: (progress) => {
      checkpoint = progress.position;
      for (const timer of progress.timers) if (!finished.has(timer.id)) timers.set(timer.id, timer);
      for (const work of progress.parked) if (!parked.has(keyOf(work))) parked.set(keyOf(work), work);
      return Promise.resolve();
    },
    due: (now, max) =>
      Promise.resolve(
        waiting()
          .filter(({ dueAt }) => dueAt <= now)
          .slice(0, max),
      ),
    nextDue: () => Promise.resolve(waiting()[0]?.dueAt ?? null),
    finish: (timerId) => {
      timers.delete(timerId);
      finished.add(timerId);
      return Promise.resolve();
    },
    parked: () => Promise.resolve([...parked.values()]),
    unpark: (work) => {
      const held = parked.get(keyOf(work));
      if (held) checkpoint = Math.min(checkpoint, held.position - 1);
      parked.delete(keyOf(work));
      return Promise.resolve();
    },
    lead: () => Promise.resolve(true),
    stillLead: () => Promise.resolve(),
    led: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}
