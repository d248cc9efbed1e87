import type { Connection } from '@assay/event-log';

/** Where a log on a PostgreSQL server is reached: the login that serves, and the owner's where there are two. */
export interface ServerLogins {
  readonly app: Connection;
  readonly owner: Connection | null;
}

/** The logins of the log whose database the URLs name; another log is another database, and another URL. */
export const serverLogins = (urls: { readonly databaseUrl?: string | undefined; readonly databaseOwnerUrl?: string | undefined }): ServerLogins => ({
  app: { connectionString: urls.databaseUrl ?? '' },
  owner: urls.databaseOwnerUrl === undefined ? null : { connectionString: urls.databaseOwnerUrl },
});
