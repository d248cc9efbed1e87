import { describe, expect, it } from '@jest/globals';
import type { ImportCounts, ImportEvent } from './import.events.js';
import { decideImport, evolveImport, importKey, initialImport } from './import.js';
import type { ImportCommand, ImportState } from './import.js';
import { mayImport, visibleImports } from './import.policy.js';
import { sees } from './kernel/access.js';
import type { Role } from './kernel/access.js';
import { uuidV5 } from './kernel/hash.js';

const ID = uuidV5('00000000-0000-0000-0000-000000000000', 'import');
const world = { actor: ID, today: '2017-03-01', newId: ID };
const started = {
  source: 'crm',
  files: [
    { kind: 'OPPORTUNITIES', sha256: 'a'.repeat(64) },
    { kind: 'MAPPING', sha256: 'b'.repeat(64) },
  ],
} as const;
const NONE = { rows: 0, open: 0, refused: 0, recorded: 0, restated: 0, retracted: 0, unchanged: 0, reports: 0, people: 0, targets: 0 };
const counts: ImportCounts = { ...NONE, rows: 2, open: 1, recorded: 3 };

const begun: ImportEvent = { type: 'ImportStarted', data: { importId: ID, source: 'crm', files: [...started.files] } };
const finished: ImportEvent = { type: 'ImportFinished', data: { counts } };
const start: ImportCommand = { type: 'StartImport', data: { source: 'crm', files: [...started.files] } };
const finish: ImportCommand = { type: 'FinishImport', data: { counts } };
const finishOther: ImportCommand = { type: 'FinishImport', data: { counts: { ...counts, unchanged: 1 } } };
const finishedOther: ImportEvent = { type: 'ImportFinished', data: { counts: { ...counts, unchanged: 1 } } };

function given(...events: readonly ImportEvent[]): ImportState {
  return events.reduce<ImportState>((state, event, revision) => {
    const meta = { actor: ID, authority: 'INTEGRATION', commandId: ID, commandDigest: '', correlationId: ID };
    return evolveImport(state, { id: ID, stream: `import-${ID}`, revision, position: revision, schemaVersion: 1, meta, recordedAt: 0, ...event });
  }, initialImport);
}

describe('an import', () => {
  it.each([
    ['ABSENT', 'begins', [], start, { events: [begun] }],
    ['ABSENT', 'is not there to be finished', [], finish, { rejected: 'NOT_THERE', facts: [] }],
    ['STARTED', 'goes on', [begun], start, { events: [] }],
    ['STARTED', 'finishes', [begun], finish, { events: [finished] }],
    ['FINISHED', 'goes on', [begun, finished], start, { events: [] }],
    ['FINISHED', 'has nothing new to say with the same counts', [begun, finished], finish, { events: [] }],
    ['FINISHED', 'finishes again with others', [begun, finished], finishOther, { events: [finishedOther] }],
  ] as const)('%s: %s', (status, _what, events, command, decision) => {
    const state = given(...events);
    expect(state.status).toBe(status);
    expect(decideImport(state, command, world)).toEqual(decision);
  });

  it('is the same import whatever the order of its files, and another with other bytes', () => {
    const files = [...started.files];
    expect(importKey({ source: 'crm', files: [...files].reverse() })).toEqual(importKey({ source: 'crm', files }));
    expect(importKey({ source: 'crm', files: files.slice(1) })).not.toEqual(importKey({ source: 'crm', files }));
  });

  it.each([
    ['INTEGRATION', true, true],
    ['ADMIN', true, true],
    ['HR', false, true],
    ['FINANCE', false, true],
    ['AUDITOR', false, true],
    ['MARKETING_HEAD', false, false],
    ['MANAGER', false, false],
    ['EMPLOYEE', false, false],
  ] as const)('%s may command it: %s, may read it: %s', (role, commands, reads) => {
    const principal = { personId: ID, roles: new Set<Role>([role]), manages: new Set<string>(), heads: new Set<string>(), seats: new Set<never>() };
    expect('authority' in mayImport(principal, start)).toBe(commands);
    expect(sees(visibleImports(principal), {})).toBe(reads);
  });
});
