// The PostgreSQL server of a measurement: the product's own, with durable settings, in a temporary folder; or the one that
// ASSAY_BENCH_DATABASE_URL names, whose login may create databases. Every database made here is gone afterwards.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { openEmbedded, withClient } from '../dist/libs/event-log/src/index.js';
import { temporaryFolder } from './folder.mjs';

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/**
 * Runs `work` with a server and closes it whatever happens: an error, Ctrl-C, or no end after `minutesMax`. `work` asks
 * the server for databases by name, each with the logins `owner` and `app`.
 */
export async function withServer(minutesMax, work) {
  const server = process.env.ASSAY_BENCH_DATABASE_URL ? ofUrl(process.env.ASSAY_BENCH_DATABASE_URL) : ofOurOwn();
  const stopped = new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
    setTimeout(() => reject(new Error(`no end after ${minutesMax} minutes`)), minutesMax * 60_000).unref();
  });
  try {
    return await Promise.race([work(server), stopped]);
  } finally {
    await server.close();
  }
}

/** Refuses to measure a server that does not write to disk before it answers; says what it is. */
export async function demandDurable({ owner }) {
  return withClient(owner, async (client) => {
    for (const [setting, wanted] of Object.entries(DURABLE)) {
      const { rows } = await client.query(`SELECT current_setting($1) AS value`, [setting]);
      if (rows[0].value !== wanted) throw new Error(`${setting} is ${rows[0].value}: with a server that may lose commits there is nothing to compare`);
    }
    const { rows } = await client.query(`SELECT current_setting('server_version') AS version, current_setting('wal_sync_method') AS sync, current_setting('shared_buffers') AS buffers`);
    return `PostgreSQL ${rows[0].version}, ${Object.entries(DURABLE).map((pair) => pair.join(' ')).join(', ')}, ${rows[0].sync}, shared_buffers ${rows[0].buffers}`;
  });
}

function ofOurOwn() {
  const folder = temporaryFolder();
  const opened = [];
  return {
    kind: 'embedded',
    async database(name) {
      const embedded = await openEmbedded({ dataDir: folder, log: name });
      opened.push(embedded);
      return { owner: embedded.owner, app: embedded.app };
    },
    async close() {
      for (const embedded of opened) await embedded.close();
      for (const home of new Set([folder, ...opened.map((embedded) => embedded.home)])) rmSync(home, { recursive: true, force: true });
    },
  };
}

function ofUrl(url) {
  const prefix = `assay_bench_${randomUUID().slice(0, 8)}`;
  const made = [];
  const admin = (statement) => withClient({ connectionString: url }, (client) => client.query(statement));
  return {
    kind: 'of ASSAY_BENCH_DATABASE_URL',
    async database(name) {
      const database = `${prefix}_${name.replaceAll('-', '_')}`;
      await admin(`CREATE DATABASE ${database}`);
      made.push(database);
      const login = new URL(url);
      login.pathname = `/${database}`;
      // One login for everything: the log runs unprotected then, on the very same path.
      return { owner: { connectionString: login.href }, app: { connectionString: login.href } };
    },
    async close() {
      for (const database of made) await admin(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    },
  };
}
