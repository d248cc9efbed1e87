import { z } from 'zod';
import { defineEvents } from './kernel/event.js';
import type { EventOf } from './kernel/event.js';
import { code, oneOf, sha256, shape, uuid } from './kernel/schema.js';

const count = z.int().min(0);

/** A file that an import read, by its role and the SHA-256 of its bytes. */
export const importedFile = shape('ImportedFile', {
  kind: oneOf('ImportedFileKind', ['OPPORTUNITIES', 'PEOPLE', 'TARGETS', 'MAPPING', 'COMPANY']),
  sha256,
});
/** What an import came to; each a number of rows, facts or other things. */
export const importCounts = shape('ImportCounts', {
  rows: count,
  /** Deals not closed yet: they make no fact and are not refused. */
  open: count,
  refused: count,
  recorded: count,
  restated: count,
  retracted: count,
  /** Facts that the log held already, just so. */
  unchanged: count,
  reports: count,
  people: count,
  targets: count,
});
export type ImportCounts = Readonly<z.infer<typeof importCounts>>;

/** Events of `import-<id>` (`api.md`, Import of a CRM export). */
export const importEvents = defineEvents({
  ImportStarted: {
    version: 1,
    doc: 'An export began to be read; each fact it makes names the import, its line and the digest of its row.',
    data: z.strictObject({ importId: uuid, source: code, files: z.array(importedFile).min(1).max(5) }),
  },
  ImportFinished: {
    version: 1,
    doc: 'The export was read whole. Read again later, it may find more to do and finish again.',
    data: z.strictObject({ counts: importCounts }),
  },
});
export type ImportEvent = EventOf<typeof importEvents>;
