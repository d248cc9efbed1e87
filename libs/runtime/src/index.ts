export * from './open-log.js';
export * from './open-runtime.js';
