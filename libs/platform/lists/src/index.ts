export * from './cursor';
export * from './keyset-page';
export * from './like-pattern';
export * from './page-in-memory';
export * from './query-parameters';
export * from './read-problems';
export * from './sorting';
export * from './sql-conditions';
