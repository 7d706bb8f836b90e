export * from './mass-operation/mass-operation';
export * from './mass-operation/request-mass-operation';
export * from './export/export';
export * from './export/export-decisions';
