export * from './database';
export * from './instant-text';
export { StatementBatcher } from './statement-batcher';
export { startEmbeddedPostgres } from './embedded-server';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-server';
