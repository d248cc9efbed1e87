import { projectionContract } from './projection.js';
import { postgresHarness } from './projection-harness.js';

projectionContract('postgres', postgresHarness);
