export * from './caller';
export * from './command-id';
export * from './ledger-position';
export * from './problem';
export * from './problem.filter';
export * from './token.guard';
export * from './tokens';
export * from './validation';
