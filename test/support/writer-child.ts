import { randomUUID } from 'node:crypto';
import { connectDbClient, openEventStoreLog, openPostgresLog, type Connection } from '@assay/event-log';

/** Appends from eight streams at once and prints the id of each event once it is acknowledged, until it is killed. */
// What the parent test wrote there.
const where = JSON.parse(process.argv[2] ?? '{}') as Connection | { readonly eventStore: string; readonly app: Connection; readonly namespace: string };
const log = 'eventStore' in where ? await openEventStoreLog({ connect: () => connectDbClient(where.eventStore), app: where.app, namespace: where.namespace }) : await openPostgresLog({ app: where });
async function write(): Promise<void> {
  const stream = `child-${randomUUID()}`;
  for (let revision = -1; ; revision += 1) {
    const id = randomUUID();
    await log.append(stream, [{ id, type: 'Written', schemaVersion: 1, data: { revision }, meta: {} }], revision < 0 ? 'NO_STREAM' : revision);
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, write));
