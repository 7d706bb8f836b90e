export * from './database';
export { startEmbeddedPostgres } from './embedded-server';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-server';
