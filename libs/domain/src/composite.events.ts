import { z } from 'zod';
import { level } from './kernel/calendar.js';
import { defineEvents, type EventOf } from './kernel/event.js';
import { ratingStatus } from './appraisal.events.js';
import { basis, basisPoints, code, day, decimal, oneOf, sha256, shape, text, uuid } from './kernel/schema.js';

/** One final appraisal of the year as the composite took it. */
export const compositePart = shape('CompositePart', {
  appraisalId: uuid,
  /** The revision of its score that was taken, and the event that published it. */
  revision: z.int().min(1),
  scoreEventId: uuid,
  level,
  /** Code of its cycle, e.g. `2026Q1`. */
  code,
  segmentFrom: day,
  /** Eligible days. */
  days: z.int().min(0).max(366),
  /** Null where the segment is not rated. */
  total: decimal.nullable(),
});
export type CompositePart = Readonly<z.infer<typeof compositePart>>;

/** The events of `composite-<personId>-<year>` (`domain.md`, Appraisals; `scoring.md` §9). */
export const compositeEvents = defineEvents({
  CompositePublished: {
    version: 1,
    doc: 'A person’s year was composed of final results; the parts hold all it is recomputed from, beside the scheme.',
    data: z.strictObject({
      personId: uuid,
      year: code,
      revision: z.int().min(1),
      publishedOn: day,
      parts: z.array(compositePart).max(400),
      status: ratingStatus,
      total: decimal.nullable(),
      grade: code.nullable(),
      /** Weights of the levels present. */
      coverage: basisPoints,
      schemeId: uuid,
      schemeVersion: z.int().min(1),
      engineVersion: text(20),
      basis,
      derivationDigest: sha256,
      cause: oneOf('CompositeCause', ['PUBLICATION', 'PART_REVISED']),
    }),
  },
});
export type CompositeEvent = EventOf<typeof compositeEvents>;
