export * from './access-tables';
export * from './action-kinds';
export * from './action-log';
export * from './actions';
export * from './machines';
export * from './policy';
export * from './secrets';
export * from './sessions';
