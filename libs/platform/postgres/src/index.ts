export * from './database';
export * from './instant-text';
export { startEmbeddedPostgres } from './embedded-server';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-server';
