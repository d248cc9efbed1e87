import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate, type GraphQLSchema } from 'graphql';
import { queriesIn, type DocumentedQuery } from '../../scripts/document-queries.js';
import { servedImport } from '../support/served-import.js';
import type { ServedLog } from '../support/graphql-app.js';

const GUIDES = 'docs/guides';
/** The seed that the README names. */
const SEED = 7;

const pageOf = async (page: string): Promise<readonly DocumentedQuery[]> => queriesIn(page, await readFile(page, 'utf8'));
const readme = await pageOf('README.md');
const guides = (await Promise.all((await readdir(GUIDES)).sort((a, b) => (a < b ? -1 : 1)).map((name) => pageOf(join(GUIDES, name))))).flat();

describe('every query of README and guides', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = buildSchema(await readFile('docs/reference/schema.graphql', 'utf8'));
  });

  it.each([...readme, ...guides])('is one that the schema answers: $at', ({ text }) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });
});

describe('README, on the log that it makes', () => {
  let log: ServedLog;
  let appraisal: unknown;
  beforeAll(async () => {
    log = await servedImport(SEED);
    const [first] = readme;
    appraisal = Object(await log.ask('hr-officer', first?.text ?? '')).data.appraisals.nodes[0].id;
  }, 120_000);
  afterAll(() => log.close());

  it('shows five operations', () => {
    expect(readme).toHaveLength(5);
  });

  it.each(readme)('$at answers an HR officer with data and without errors', async ({ text }) => {
    const { data, errors } = await log.ask('hr-officer', text, { appraisal });
    expect(errors).toBeUndefined();
    for (const value of Object.values(data ?? { nothing: null })) expect(value).not.toBeNull();
  });

  it('finds who came to what, a score that its recomputation agrees with, and the command repeated', async () => {
    const texts = readme.map(({ text }) => text);
    const [listed, explained, moved, known, defined] = await Promise.all(texts.map(async (text) => Object(await log.ask('hr-officer', text, { appraisal })).data));
    expect(listed.appraisals.nodes.length).toBeGreaterThan(0);
    expect(listed.appraisals.nodes[0]).toMatchObject({ id: appraisal, status: 'FINAL' });
    expect(explained.explainScore.agrees).toBe(true);
    expect(moved.scoreHistory.nodes.length).toBeGreaterThan(0);
    expect(known.appraisal.score.provisional).toBe(true);
    expect(defined.defineMetric).toMatchObject({ repeated: true, metric: { code: 'renewals' } });
  });
});
