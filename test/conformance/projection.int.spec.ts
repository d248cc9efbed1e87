import { MemoryLog, openPostgresLog } from '@assay/event-log';
import { openHarness } from './projection-harness.js';
import { projectionConformance } from './projection.js';

projectionConformance({
  name: 'embedded PostgreSQL',
  open: () => openHarness(({ app, owner }) => openPostgresLog({ app, owner })),
});
projectionConformance({
  name: 'memory',
  open: () => openHarness(() => Promise.resolve(new MemoryLog({ clock: Date.now }))),
});
projectionConformance({
  name: 'PostgreSQL over TCP',
  open: {
    declared:
      'the same adapter runs them on the embedded server; only the wire differs, and the cases of the log cover it',
  },
});
