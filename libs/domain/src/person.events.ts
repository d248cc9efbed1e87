import { z } from 'zod';
import { identityFields } from './company.events.js';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { code, day, personalText, sha256, uuid } from './kernel/schema.js';

/** Where somebody stands in the directory; `manager` is null at the top. */
export const assignmentFields = { role: code, unit: code, manager: uuid.nullable(), from: day };

/** Events of `person-<id>` (`domain.md`, People). */
export const personEvents = defineEvents({
  PersonJoined: {
    version: 1,
    doc: 'A person belongs to the company from a day on, with role, unit and manager.',
    data: z.strictObject({ personId: uuid, name: personalText(120), ...assignmentFields }),
  },
  IdentityLinked: {
    version: 1,
    doc: 'Tokens of this issuer and subject are this person’s.',
    data: z.strictObject(identityFields),
  },
  SourceAccountLinked: {
    version: 1,
    doc: 'A source’s key for this person, as an HMAC under a key of the log.',
    data: z.strictObject({ source: code, keyDigest: sha256 }),
  },
  PersonTransferred: {
    version: 1,
    doc: 'The person has another role, unit or manager from a day on.',
    data: z.strictObject(assignmentFields),
  },
  PersonLeft: {
    version: 1,
    doc: 'The person no longer belongs to the company from a day on; all rights end with it.',
    data: z.strictObject({ from: day }),
  },
});
export type PersonEvent = EventOf<typeof personEvents>;
