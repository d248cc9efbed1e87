import type pg from 'pg';

/** How many other connections there are to this database, whoever's. */
export async function othersConnected(client: pg.Client): Promise<number> {
  // Within a transaction the view shows what it showed first, unless told otherwise. What is nobody's login is the server's own.
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ others: string }>('SELECT count(*) AS others FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL');
  return Number(rows[0]?.others);
}
