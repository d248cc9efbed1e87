/** What a process may be there for; the first where nothing else is said. */
export const PROCESS_ROLES = ['all', 'api', 'projector'] as const;

/**
 * `api` serves GraphQL and leads nothing; `projector` leads projections, process managers and timers and serves no GraphQL;
 * `all` does both. Any number of each may run on one log: of those that may lead, one does at a time.
 */
export type ProcessRole = (typeof PROCESS_ROLES)[number];

/** Whether a process of this role may lead projections, process managers and timers. */
export const mayLead = (role: ProcessRole): boolean => role !== 'api';
