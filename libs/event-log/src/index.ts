export { withClient, type Connection } from './connection.js';
export { dayAt, endOfDay } from './day-clock.js';
export { databaseNameOf } from './embedded/databases.js';
export { openEmbedded, type Embedded, type EmbeddedOptions } from './embedded/embedded.js';
export * from './errors.js';
export * from './port.js';
export { openPostgresLog, PostgresLog, type PostgresLogOptions } from './postgres/postgres-log.js';
export type { Protection } from './postgres/migrate.js';
