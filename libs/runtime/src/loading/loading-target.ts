import { postgresProcessStore, type ParkedWork } from '@assay/commands';
import type { Runtime } from '../open-runtime.js';
import { reach } from '../reach.js';
import { simulationTarget } from './simulation-target.js';
import type { SimulationTarget } from './target.js';

/** A runtime whose log is being loaded; it was opened with `viewsLater`. */
export interface LoadingTarget {
  readonly target: SimulationTarget;
  /** Lets the views follow; resolves when they show everything. */
  readonly show: () => Promise<void>;
  /** Closes what the load needed, not the runtime. */
  readonly close: () => Promise<void>;
}

/** What a loader acts on in a database: process managers' checkpoints are the runtime's own, what is found is in memory. */
export function loadingTarget({ log, store, pool, accountDigest, readModels }: Runtime, onParked: (work: ParkedWork) => void): LoadingTarget {
  const processStore = postgresProcessStore(pool);
  return {
    target: simulationTarget({ log, store, accountDigest, processStore, clock: Date.now, onParked }),
    show: async () => {
      await readModels.start();
      await reach(readModels, (await store.head()).position);
    },
    close: () => processStore.close(),
  };
}
