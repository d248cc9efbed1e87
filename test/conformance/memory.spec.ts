import { MEMORY_DECLARED, MemoryLog } from '@assay/event-log';
import type { SqlAccess, TestLog } from './engine.js';
import { logConformance } from './log.conformance.js';

/** There is no server; a case that reaches for one is not declared where it should be. */
const noSql = new Proxy({}, {
  get: () => {
    throw new Error('the memory log has no SQL server');
  },
}) as SqlAccess;

async function open(): Promise<TestLog> {
  let stopped: number | null = null;
  const log = new MemoryLog({ clock: () => stopped ?? Date.now() });
  return {
    log,
    // The same object: a second client in the same process shares it. Its `close` must not end the first one's log.
    another: () => Promise.resolve(Object.assign(Object.create(log) as MemoryLog, { close: () => Promise.resolve() })),
    setClock: async (ms) => {
      stopped = ms;
    },
    sql: noSql,
    close: () => log.close(),
  };
}

logConformance({ name: 'memory', adapterDeclares: MEMORY_DECLARED, open });
