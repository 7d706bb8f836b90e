export * from './transaction/transaction-events';
