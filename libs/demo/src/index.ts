export * from './load.js';
export * from './tour.js';
export { DEMO_COMPANY, type DemoPlan } from './world.js';
