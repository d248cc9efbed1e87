import { EVENTSTORE_DECLARED } from '@assay/event-log';
import { openEventStoreTestLog } from './eventstore-engine.js';
import { eventStoreFailureCases } from './eventstore-failure.conformance.js';
import { eventStoreIdempotencyCases, eventStoreOrderCases } from './eventstore-order.conformance.js';
import { logConformance } from './log.conformance.js';

const eventStoreCases = { ...eventStoreIdempotencyCases, ...eventStoreOrderCases, ...eventStoreFailureCases };

/** The double is always there; a real server where `EVENTSTORE_URL` names one. */
logConformance({ name: 'EventStoreDB (double)', adapterDeclares: EVENTSTORE_DECLARED, open: () => openEventStoreTestLog(null) }, eventStoreCases);

const given = process.env['EVENTSTORE_URL'];
const NO_CLOCK = 'the clock of a real server is not ours to set; the double\u2019s is';
const NO_HARM = 'a real server does no such harm on demand; the double does';
const declared = { R17: NO_CLOCK, F17: NO_CLOCK, ...Object.fromEntries(['F04', 'F05', 'F06', 'F07', 'F08'].map((id) => [id, NO_HARM])) };
if (given !== undefined && given !== '') {
  logConformance({ name: 'EventStoreDB (server)', adapterDeclares: EVENTSTORE_DECLARED, declared, open: () => openEventStoreTestLog(given) }, eventStoreCases);
}
