import { describe, expect, it } from '@jest/globals';
import { encodeAppend } from '../encode.js';
import { NO_STREAM } from '../port.js';
import type { EngineClient, EngineEvent } from './engine.js';
import { EngineLink } from './link.js';
import { readBack, type ReadBackPorts } from './read-back.js';

const ID = '0b8c3f2e-5a3d-4c55-9a5e-6f1f0a9be001';
const append = encodeAppend('s', [{ id: ID, type: 'Tested', schemaVersion: 1, data: { a: 1 }, meta: { actor: 'ann' } }], NO_STREAM);
const landed = (stream: string): EngineEvent => ({ stream, revision: 0, id: ID, type: 'Tested', body: Buffer.from('{"a":1}'), metadata: { assay: { schemaVersion: 1 }, meta: { actor: 'ann' } }, created: 0, position: 7n });

/** A log where an append lands between two looks: the first at the stream finds nothing, or the first few. */
function landingMeanwhile(at: string, late = 1): ReadBackPorts {
  let looks = 0;
  const readStream = ({ stream }: { readonly stream: string }): Promise<readonly EngineEvent[]> => {
    looks += 1;
    return Promise.resolve(looks > late && stream === at ? [landed(at)] : []);
  };
  // Only what is asked for here is there.
  const client = { readStream } as unknown as EngineClient;
  return {
    link: new EngineLink(() => Promise.resolve(client)),
    namespace: '',
    readMs: 100,
    placeMs: 100,
    withIds: () => Promise.resolve([{ ordinal: 0, enginePosition: 7n, recordedAt: 0, stream: at, revision: 0, id: ID }]),
    find: () => Promise.resolve({ ordinal: 0, recordedAt: 0, id: ID, digest: null }),
  };
}

describe('reading an append back', () => {
  it('knows as its own what lands while it looks', async () => {
    expect(await readBack(append, landingMeanwhile('s'))).toEqual({ kind: 'SAME', place: { ordinal: 0, recordedAt: 0, id: ID, digest: null } });
  });

  it('says that the ids stand elsewhere where they do', async () => {
    expect(await readBack(append, landingMeanwhile('t'))).toEqual({ kind: 'OTHER' });
  });

  it('says nothing where the server does not show what the index has: its node is behind', async () => {
    await expect(readBack(append, landingMeanwhile('s', Infinity))).rejects.toMatchObject({ code: 'Unavailable' });
  });
});
