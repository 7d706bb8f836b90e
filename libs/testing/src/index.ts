export * from './child-product';
export * from './specification';
export * from './postgres-for-tests';
export * from './event-store-contract';
export * from './message-bus-contract';
export * from './merchants';
export * from './product';
