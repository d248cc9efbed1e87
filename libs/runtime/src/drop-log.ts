import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbedded, withClient } from '@assay/event-log';

/**
 * Takes a log of the embedded PostgreSQL away for good: its database, and its keys after that, so that nobody is left with
 * a log that cannot be read. Nobody may serve it. Throws `Unavailable` where there is no such log.
 */
export async function dropLog({ dataDir, log }: { readonly dataDir: string; readonly log: string }, say: (line: string) => void): Promise<void> {
  const embedded = await openEmbedded({ dataDir, log, say, existing: true });
  try {
    const { owner } = embedded;
    const logId = await withClient(owner, async (client) => {
      const there = await client.query<{ log: string | null }>(`SELECT to_regclass('assay.log')::text AS log`);
      return there.rows[0]?.log == null ? null : ((await client.query<{ id: string }>('SELECT id FROM assay.log')).rows[0]?.id ?? null);
    });
    await withClient({ ...owner, database: 'postgres' }, (client) => client.query(`DROP DATABASE ${client.escapeIdentifier(owner.database ?? '')} WITH (FORCE)`));
    if (logId !== null) await rm(join(dataDir, 'keys', logId), { recursive: true, force: true });
  } finally {
    await embedded.close();
  }
}
