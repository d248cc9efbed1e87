import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals';
import type { AnswerCase, Asked } from './answers.js';
import { APPEND_ANSWERS } from './append.answers.js';
import { CHECKPOINT_ANSWERS } from './checkpoint.answers.js';
import { EventStoreDouble } from './double.js';
import { FAULT_ANSWERS } from './fault.answers.js';
import { READ_ANSWERS } from './read.answers.js';

const CASE_MS_MAX = 60_000;
// Given with a call, they make the client append by the plain path; without TLS it sends them nowhere.
const ANYBODY = { username: 'admin', password: 'changeit' };
const REAL = process.env['EVENTSTORE_URL'];

const CHAPTERS: Readonly<Record<string, readonly AnswerCase[]>> = {
  'append and idempotency': APPEND_ANSWERS,
  'order, positions, reading': READ_ANSWERS,
  'checkpoints and filters': CHECKPOINT_ANSWERS,
  faults: FAULT_ANSWERS,
};

type Path = 'batch append' | 'plain append';
const PATHS: readonly Path[] = ['batch append', 'plain append'];

const asked = (client: EventStoreDBClient, double: EventStoreDouble | null, path: Path): Asked => ({
  client,
  double,
  append: (stream, expectedRevision, events) =>
    client.appendToStream(stream, [...events], path === 'batch append' || double !== null ? { expectedRevision } : { expectedRevision, credentials: ANYBODY }),
});

const nameOf = ({ name, doubleOnly }: AnswerCase): string => (doubleOnly === undefined ? name : `${name} (the double only: ${doubleOnly})`);

for (const path of PATHS) {
  describe(`the double, ${path}`, () => {
    let server: Asked;
    let double: EventStoreDouble;
    beforeEach(async () => {
      double = await EventStoreDouble.start({ batchAppend: path === 'batch append' });
      server = asked(EventStoreDBClient.connectionString`${double.url}`, double, path);
    });
    afterEach(async () => {
      await server.client.dispose();
      await double.close();
    });
    for (const [chapter, cases] of Object.entries(CHAPTERS)) {
      describe(chapter, () => {
        for (const answer of cases) it(nameOf(answer), () => answer.run(server), CASE_MS_MAX);
      });
    }
  });

  if (REAL === undefined) continue;
  describe(`the server of EVENTSTORE_URL, ${path}`, () => {
    let server: Asked;
    beforeAll(() => {
      server = asked(EventStoreDBClient.connectionString`${REAL}`, null, path);
    });
    afterAll(() => server.client.dispose());
    for (const [chapter, cases] of Object.entries(CHAPTERS)) {
      describe(chapter, () => {
        for (const answer of cases.filter(({ doubleOnly }) => doubleOnly === undefined)) it(nameOf(answer), () => answer.run(server), CASE_MS_MAX);
      });
    }
  });
}
