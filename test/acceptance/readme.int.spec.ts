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
const guides = (await Promise.all((await readdir(GUIDES)).sort((a, b) => (a < b ? -1 : 1)).map((name) => pageOf(join(GUIDES, name))))).flat().filter(({ relayOnly }) => !relayOnly);

describe('every query of README and guides', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = buildSchema(await readFile('docs/reference/schema.graphql', 'utf8'));
  });

  it.each([...readme, ...guides])('is one that the schema answers: $at', ({ text }) => {
    expect(validate(schema, parse(text))).toEqual([]);
  });
});

describe('on the log that the README makes', () => {
  let log: ServedLog;
  /** What the pages take from an answer before. */
  let variables: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    log = await servedImport(SEED);
    const [first] = readme;
    const listed = Object(await log.ask('hr-officer', first?.text ?? '')).data.appraisals.nodes;
    const schemes = Object(await log.ask('auditor', '{ schemes(first: 1) { nodes { id } } }')).data.schemes.nodes;
    variables = { appraisal: listed[0].id, id: schemes[0].id, first: 5, then: '2017-08-18T12:00:00Z' };
  }, 120_000);
  afterAll(() => log.close());

  it('README shows five operations', () => {
    expect(readme).toHaveLength(5);
  });

  it.each([...readme.map((one) => ({ ...one, who: 'hr-officer' })), ...guides.filter(({ text }) => text.startsWith('query')).map((one) => ({ ...one, who: 'auditor' }))])('$at answers $who with data and without errors', async ({ text, who }) => {
    const { data, errors } = await log.ask(who, text, variables);
    expect(errors).toBeUndefined();
    for (const value of Object.values(data ?? { nothing: null })) expect(value).not.toBeNull();
  });

  it('finds who came to what, a score that its recomputation agrees with, and the command repeated', async () => {
    const texts = readme.map(({ text }) => text);
    const [listed, explained, moved, known, defined] = await Promise.all(texts.map(async (text) => Object(await log.ask('hr-officer', text, variables)).data));
    expect(listed.appraisals.nodes.length).toBeGreaterThan(0);
    expect(listed.appraisals.nodes[0]).toMatchObject({ id: variables['appraisal'], status: 'FINAL' });
    expect(explained.explainScore.agrees).toBe(true);
    expect(moved.scoreHistory.nodes.length).toBeGreaterThan(0);
    expect(known.appraisal.score.provisional).toBe(true);
    expect(defined.defineMetric).toMatchObject({ repeated: true, metric: { code: 'renewals' } });
  });
});
