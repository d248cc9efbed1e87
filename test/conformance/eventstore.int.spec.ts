import { EVENTSTORE_DECLARED } from '@assay/event-log';
import { openEventStoreTestLog } from './eventstore-engine.js';
import { logConformance } from './log.conformance.js';

logConformance({ name: 'EventStoreDB (double)', adapterDeclares: EVENTSTORE_DECLARED, open: () => openEventStoreTestLog(null) });
