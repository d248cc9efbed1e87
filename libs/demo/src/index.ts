export { DEMO_ZONE, demoDates, type DemoCycle, type DemoDates } from './dates.js';
export * from './load.js';
export * from './tour.js';
export { DEMO_COMPANY, type DemoPlan } from './world.js';
