export { BusTables } from './bus-migrations';
export { BusRefused } from './bus-errors';
export type { BusLogger } from './line-of-messages';
export { type KafkaSettings } from './kafka/kafka-connection';
export { KafkaMessageBus, type KafkaMessageBusOptions } from './kafka/kafka-message-bus';
export { KAFKA_BUS_MIGRATIONS } from './kafka/kafka-tables';
export { LogMessageBus, type LogMessageBusOptions } from './log-message-bus';
export * from './message-bus';
