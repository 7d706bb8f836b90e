export * from './codec';
export * from './describe-message';
export * from './field-table';
export * from './framing';
export * from './message';
