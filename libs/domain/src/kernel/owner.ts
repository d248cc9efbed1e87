import { z } from 'zod';
import { code, fields, uuid } from './schema.js';

/**
 * Owners of targets and facts: a person, or a unit. A unit's owner id is `unit:<code>` (`architecture.md`, Streams and
 * ids), so that one column holds either and neither can be taken for the other.
 */

const UNIT_PREFIX = 'unit:';
const UNIT_OWNER_PATTERN = /^unit:[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A person's UUID, or `unit:<code>`. */
export const ownerId = z
  .string()
  .refine((text) => UNIT_OWNER_PATTERN.test(text) || uuid.safeParse(text).success, 'a person id, or unit:<code>')
  .register(fields, { description: 'A person id, or `unit:` and the code of a unit.' });

/** The owner id of a unit. */
export const unitOwner = (unitCode: string): string => `${UNIT_PREFIX}${code.parse(unitCode)}`;

/** The unit that an owner id names, or null where it names a person. */
export const unitOfOwner = (owner: string): string | null =>
  owner.startsWith(UNIT_PREFIX) ? owner.slice(UNIT_PREFIX.length) : null;
