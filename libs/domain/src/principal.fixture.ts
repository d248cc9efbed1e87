import type { Principal, Role } from './kernel/access.js';

/** Somebody who has these roles and, unless `over` says otherwise, nobody to manage, no unit to head and no seat. */
export const principalWith = (personId: string, held: readonly Role[], over: Partial<Principal> = {}): Principal => ({
  personId,
  roles: new Set(held),
  manages: new Set(),
  heads: new Set(),
  seats: new Set(),
  ...over,
});
