export { decodeEvent } from './decode-event';
export * from './errors';
export * from './event-store';
export { MemoryEventStore } from './memory-event-store';
export { leafHashOf } from './prepared-append';
export { PostgresEventStore } from './postgres/postgres-event-store';
export type { EventStoreLog, PostgresEventStoreOptions } from './postgres/postgres-event-store';
export { migrateEventStore } from './postgres/schema';
export * from './streams';
