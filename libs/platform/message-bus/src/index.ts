export { BusTables } from './bus-migrations';
export { BusRefused } from './bus-errors';
export type { BusLogger } from './line-of-messages';
export { LogMessageBus, type LogMessageBusOptions } from './log-message-bus';
export * from './message-bus';
