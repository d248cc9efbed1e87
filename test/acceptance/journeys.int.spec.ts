import { afterAll, beforeAll } from '@jest/globals';
import { foundXxTech, type XxTech } from './journeys/founding.journey.js';
import { targets } from './journeys/1-1.journey.js';
import { decomposition } from './journeys/1-2.journey.js';
import { control } from './journeys/1-3.journey.js';
import { indicators } from './journeys/2-1.journey.js';
import { composite, levels } from './journeys/2-2.journey.js';
import { appraisal, finalResult } from './journeys/2-3.journey.js';
import { committee } from './journeys/3-1.journey.js';
import { theCase } from './journeys/4.journey.js';
import { frontends } from './journeys/frontends.journey.js';

// One company, one year, through the API alone: each section goes on where the one before left off.
let company: XxTech;
beforeAll(async () => {
  company = await foundXxTech();
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
