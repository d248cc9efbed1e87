import { randomUUID } from 'node:crypto';

/** What begins the name of an owner that its connections bear as their `application_name`. */
const PROCESS = 'assay ';

/**
 * How long a lease of a process holds without a sign of life, in ms by the database's clock. A process that is frozen, or
 * whose machine is gone, is taken over from within this and the quarter second in which free leases are looked for.
 */
export const PROCESS_LEASE_MS = 6_000;

/**
 * Names a process as owner of leases. A pool whose connections bear it as `application_name` tells others that the owner
 * lives: once none is left its leases are over, and nobody waits for what a kill -9 left behind to run out.
 */
export const processOwner = (): string => `${PROCESS}${randomUUID()}`;

/** Of a row with an `owner` and a `lease_until`: nobody who lives holds its lease. */
export const LEASE_IS_FREE = `(owner IS NULL OR lease_until < clock_timestamp() OR (
  starts_with(owner, '${PROCESS}') AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = owner AND datname = current_database())))`;
