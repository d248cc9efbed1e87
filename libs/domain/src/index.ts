export * from './kernel/access.js';
export * from './kernel/day.js';
export * from './kernel/decision.js';
export * from './kernel/defect.js';
export * from './kernel/event.js';
export * from './kernel/hash.js';
export * from './kernel/rules.js';
export * from './kernel/schema.js';
