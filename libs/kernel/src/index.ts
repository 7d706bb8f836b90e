export * from './business-day';
export * from './canonical-json';
export * from './decision';
export * from './ids';
export * from './instant';
export * from './invariant';
export * from './money';
export * from './stream-type';
