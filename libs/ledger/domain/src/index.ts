export * from './limits';
export * from './transaction/abandon-payment';
export * from './transaction/amounts';
export * from './transaction/block-card';
export * from './transaction/cancel-transaction';
export * from './transaction/capture-transaction';
export * from './transaction/confirm-payment';
export * from './transaction/confirm-refund';
export * from './transaction/contract-terms';
export * from './transaction/duplicate-transaction';
export * from './transaction/interrupt-authorization';
export * from './transaction/modify-transaction';
export * from './transaction/operations';
export * from './transaction/place';
export * from './transaction/put-back';
export * from './transaction/record-authorization';
export * from './transaction/record-late-answer';
export * from './transaction/record-pending';
export * from './transaction/record-refusal';
export * from './transaction/record-unknown-outcome';
export * from './transaction/refund-transaction';
export * from './transaction/refuse-cancellation';
export * from './transaction/refuse-pending';
export * from './transaction/refuse-refund';
export * from './transaction/remittance-lines';
export * from './transaction/request-payment';
export * from './transaction/request-sending';
export * from './transaction/send-to-bank';
export * from './transaction/set-aside';
export * from './transaction/settle-unknown-outcome';
export * from './transaction/transaction';
export * from './transaction/transaction-events';
export * from './transaction/transaction-state';
export * from './transaction/transaction-summary';
export * from './transaction/triples';
export * from './transaction/validate-transaction';
export type { OutcomeRefusal } from './transaction/payment-outcome';
export type { RefundOutcomeRefusal, SettleRefundRefusal } from './transaction/refund-outcome';
export {
  type OperationFacts,
  authorizationValidity,
  isAuthorizationStale,
  lastOperationDay,
} from './transaction/rules';
