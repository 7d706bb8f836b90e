export * from './acceptor-batch-transfer';
export * from './batch-transfer-reader';
export * from './batch-transfer-response';
export * from './batch-transfer-response-reader';
export { UnreadableMessage } from './xml-reading';
