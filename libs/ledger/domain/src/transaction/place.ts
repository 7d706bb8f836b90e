import type { TransactionPlace } from './transaction-events';

/** The place of a transaction, and nothing else of what carries it. */
export function placeOf(carrier: TransactionPlace): TransactionPlace {
  const { environment, shopId, contractId, contractNumber, rank, paymentMeans, acquirer } = carrier;
  return { environment, shopId, contractId, contractNumber, rank, paymentMeans, acquirer };
}
