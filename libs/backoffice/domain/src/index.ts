export * from './mass-operation/mass-operation';
export * from './mass-operation/request-mass-operation';
