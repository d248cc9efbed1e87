import { ensureServerDatabase, serverConnection, type Connection } from '@assay/event-log';

/** Where a log on a PostgreSQL server is reached: the login that serves, and the owner's where there are two. */
export interface ServerLogins {
  readonly app: Connection;
  readonly owner: Connection | null;
}

interface ServerPlace {
  readonly log: string;
  readonly databaseUrl?: string | undefined;
  readonly databaseOwnerUrl?: string | undefined;
}

/** The logins of a log on the server that the URLs name: its own database, or that of another log beside it. */
export function serverLogins({ log, databaseUrl = '', databaseOwnerUrl }: ServerPlace): ServerLogins {
  const of = (connectionString: string): Connection => serverConnection({ connectionString }, log);
  return { app: of(databaseUrl), owner: databaseOwnerUrl === undefined ? null : of(databaseOwnerUrl) };
}

/** As `serverLogins`, once the database is there: a log beside `main` gets one by the login that owns, which may create it. */
export async function madeServerLogins(place: ServerPlace): Promise<ServerLogins> {
  await ensureServerDatabase({ connectionString: place.databaseOwnerUrl ?? place.databaseUrl ?? '' }, place.log);
  return serverLogins(place);
}
