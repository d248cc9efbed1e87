import { afterAll, beforeAll } from '@jest/globals';
import type { TestEngine } from '../../support/graphql-app.js';
import { foundXxTech, type XxTech } from './founding.journey.js';
import { targets } from './1-1.journey.js';
import { decomposition } from './1-2.journey.js';
import { control } from './1-3.journey.js';
import { indicators } from './2-1.journey.js';
import { composite, levels } from './2-2.journey.js';
import { appraisal, finalResult } from './2-3.journey.js';
import { committee } from './3-1.journey.js';
import { theCase } from './4.journey.js';
import { frontends } from './frontends.journey.js';

/** One company, one year, through the API alone, on either engine: each section goes on where the one before left off. */
export function journeysOn(engine: TestEngine): void {
  let company: XxTech;
  beforeAll(async () => {
    company = await foundXxTech(engine);
  }, 120_000);
  afterAll(() => company.journey.app.close());

  const there = (): XxTech => company;
  indicators(there);
  committee(there);
  levels(there);
  targets(there);
  decomposition(there);
  control(there);
  appraisal(there);
  frontends(there);
  finalResult(there);
  composite(there);
  theCase(there);
}
