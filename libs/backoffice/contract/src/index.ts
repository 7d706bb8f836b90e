export * from './mass-operation-events';
export * from './mass-operation-selected.v1';
export * from './export-events';
