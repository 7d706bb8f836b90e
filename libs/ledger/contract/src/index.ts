export * from './operation-completed.v1';
export * from './payment-settled.v1';
export * from './published-events';
export * from './sending-requested.v1';
export type { TransactionSubject } from './subject';
export * from './transaction-sent.v1';
export type { JsonSchema } from './json-schema';
