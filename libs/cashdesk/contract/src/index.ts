export * from './mass-operation-events';
export * from './refund-decided.v1';
export * from './skip-reasons';
