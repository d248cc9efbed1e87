export * from './executor.js';
export * from './finder.js';
export * from './handler.js';
export * from './outcome.js';
export * from './reader.js';
