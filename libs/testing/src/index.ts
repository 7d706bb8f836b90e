export * from './specification';
export * from './postgres-for-tests';
