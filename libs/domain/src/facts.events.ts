import { z } from 'zod';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { ownerId } from './kernel/owner.js';
import { code, day, decimal, sha256, shape, text, uuid } from './kernel/schema.js';

/** Where an imported fact stands: the import, its line in the file, and the digest of that row. */
export const factOrigin = shape('FactOrigin', { import: uuid, line: z.int().min(1), rowDigest: sha256 });

/** A fact is known by its source and the source's id for it. */
export const factKey = { source: code, factId: text(200) };
/** What a revision of a fact says; `value` in the metric's unit. */
export const factContent = {
  revision: z.int().min(1),
  occurredOn: day,
  value: decimal,
  /** SHA-256 of the evidence; needed where a person enters the fact by hand. */
  evidence: sha256.nullable(),
  origin: factOrigin.nullable(),
};
/** Whose facts, of which metric: what the stream's name is made of. */
export const factsOf = { owner: ownerId, metric: code };

/** Events of `facts-<ownerId>-<metric>` (`domain.md`, Metrics and facts). */
export const factsEvents = defineEvents({
  FactRecorded: {
    version: 1,
    doc: 'A source measured a value on a day for an owner.',
    data: z.strictObject({ ...factsOf, ...factKey, ...factContent }),
  },
  FactRestated: {
    version: 1,
    doc: 'The next revision of a fact; one retracted takes part again.',
    data: z.strictObject({ ...factKey, ...factContent }),
  },
  FactRetracted: {
    version: 1,
    doc: 'A fact takes no part any more; its id stays used.',
    data: z.strictObject({ ...factKey, revision: z.int().min(1) }),
  },
  PeriodReported: {
    version: 1,
    doc: 'The source says it has delivered everything for these days.',
    data: z.strictObject({ ...factsOf, source: code, from: day, to: day, delivery: sha256 }),
  },
  FactFoundElsewhere: {
    version: 1,
    doc: 'A fact counts for another owner by an earlier record; here it counts nowhere until it is retracted.',
    data: z.strictObject({ ...factKey, elsewhere: ownerId, eventId: uuid }),
  },
});
export type FactsEvent = EventOf<typeof factsEvents>;
