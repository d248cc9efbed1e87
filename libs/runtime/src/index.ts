export * from './log-settings.js';
export * from './open-log.js';
export * from './open-runtime.js';
export * from './settings.js';
