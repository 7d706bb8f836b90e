export * from './mass-operation/mass-operation-chunk';
