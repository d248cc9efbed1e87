import { randomUUID } from 'node:crypto';
import { connectDbClient, openEventStoreLog } from '@assay/event-log';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { openHarness, type ProjectionHarness } from './projection-harness.js';
import { projectionConformance } from './projection.js';

/** On a machine that does much else at once, an answer is waited for longer than users would. */
const PATIENT = { placeMs: 15_000 };

/** Read models over a log on the double, or in a namespace of its own on the real server named. */
async function openOn(realUrl: string | null): Promise<ProjectionHarness> {
  const double = realUrl === null ? await EventStoreDouble.start({ systemEventEvery: 7 }) : null;
  const url = realUrl ?? double?.url ?? '';
  const namespace = double === null ? `${randomUUID().slice(0, 8)}.` : '';
  const harness = await openHarness(({ app, owner }) => openEventStoreLog({ connect: () => connectDbClient(url), app, owner, namespace, timeouts: PATIENT }));
  return {
    ...harness,
    close: async () => {
      await harness.close();
      await double?.close();
    },
  };
}

projectionConformance({ name: 'EventStoreDB (double)', open: () => openOn(null) });

const given = process.env['EVENTSTORE_URL'];
if (given !== undefined && given !== '') projectionConformance({ name: 'EventStoreDB (server)', open: () => openOn(given) });
