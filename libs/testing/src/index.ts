export * from './child-product';
export { aroundToday } from './around-today';
export { freePort, freePortsInARow } from './free-port';
export * from './specification';
export * from './postgres-for-tests';
export * from './event-store-contract';
export * from './kurrentdb-server';
export * from './kurrentdb-stand-in';
export * from './kafka-bus-fixture';
export * from './kafka-for-tests';
export * from './message-bus-contract';
export * from './merchants';
export * from './people';
export * from './product';
export {
  planOf,
  type ReadPlan,
  recordingDatabase,
  type Statement,
  withChangeUndone,
} from './query-plan';
export { found, until } from './waiting';
