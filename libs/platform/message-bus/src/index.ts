export { BusTables } from './bus-migrations';
export type { BusLogger } from './consumer-runner';
export { LogMessageBus, type LogMessageBusOptions } from './log-message-bus';
export * from './message-bus';
