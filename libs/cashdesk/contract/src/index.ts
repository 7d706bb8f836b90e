export * from './mass-operation-events';
export * from './skip-reasons';
