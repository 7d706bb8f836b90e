export * from './platform-migrations';
export * from './projection';
export { type PlatformLogger } from './projection-runner';
export * from './projections';
export { type RebuildOptions, type RebuildReport } from './rebuild';
export { type ReferenceDefinition, ReferenceView } from './reference-view';
