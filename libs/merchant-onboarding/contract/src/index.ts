export * from './contract-events';
export * from './directory';
export * from './node-events';
