import type { BusinessDay, Currency, Environment } from '@encaisse/kernel';
import { invariant } from '@encaisse/kernel';
import type { PaymentRequested, RefundRequested, TransactionEvent } from '@encaisse/ledger/domain';

/** Where a transaction that may yet be sent stands. */
export type WaitingState = 'preparing' | 'awaiting-capture' | 'to-send' | 'cancelled' | 'set-aside';

/** What a remittance's line says of its transaction. */
export type LineFacts = {
  readonly transaction_id: string;
  readonly environment: Environment;
  readonly shop_id: string;
  readonly contract_id: string;
  readonly contract_number: string;
  readonly rank: string;
  readonly payment_means: string;
  readonly acquirer: string;
  readonly currency: Currency;
  readonly kind: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** What the line is about: the debited amount, or the refund's own. */
  readonly amount_minor: number;
  readonly transaction_number: string;
  readonly original_transaction_number: string | null;
  readonly order_reference: string;
  readonly archiving_reference: string | null;
  readonly card_id: string | null;
  readonly masked_number: string | null;
  readonly authorization_number: string | null;
  readonly retrieval_reference: string | null;
  readonly transaction_at: string;
};

/** A transaction that may yet be sent, one row each. */
export type WaitingRow = LineFacts & {
  /** Version of its stream: what an append to it expects. */
  readonly version: number;
  readonly state: WaitingState;
  readonly authorization_only: boolean;
  readonly planned_date: BusinessDay | null;
  readonly sending_id: string | null;
};

/** Columns shared by what waits and what is remitted, in one order. */
export const LINE_COLUMNS = [
  'transaction_id',
  'environment',
  'shop_id',
  'contract_id',
  'contract_number',
  'rank',
  'payment_means',
  'acquirer',
  'currency',
  'kind',
  'amount_minor',
  'transaction_number',
  'original_transaction_number',
  'order_reference',
  'archiving_reference',
  'card_id',
  'masked_number',
  'authorization_number',
  'retrieval_reference',
  'transaction_at',
] as const satisfies readonly (keyof LineFacts)[];

function requestedRow(
  request: PaymentRequested['data'] | RefundRequested['data'],
  kind: 'DEBIT' | 'REFUND',
): WaitingRow {
  return {
    transaction_id: request.transactionId,
    environment: request.environment,
    shop_id: request.shopId,
    contract_id: request.contractId,
    contract_number: request.contractNumber,
    rank: request.rank,
    payment_means: request.paymentMeans,
    acquirer: request.acquirer,
    currency: request.amount.currency,
    kind,
    amount_minor: request.amount.minor,
    transaction_number: request.transactionNumber,
    original_transaction_number:
      'originalTransactionNumber' in request ? request.originalTransactionNumber : null,
    order_reference: request.orderReference,
    archiving_reference: request.archivingReference,
    card_id: request.card?.cardId ?? null,
    masked_number: request.card?.maskedNumber ?? null,
    authorization_number: null,
    retrieval_reference: 'trace' in request ? (request.trace?.retrievalReference ?? null) : null,
    transaction_at: request.requestedAt,
    version: 0,
    state: 'preparing',
    authorization_only: 'authorizationOnly' in request && request.authorizationOnly,
    planned_date: null,
    sending_id: null,
  };
}

/**
 * The row after an event of its transaction; null when it will never be sent. What only moves a row
 * between what waits and what is remitted is not decided here.
 */
export function evolveWaiting(row: WaitingRow | null, event: TransactionEvent): WaitingRow | null {
  const { type, data } = event;
  if (type === 'PaymentRequested') return requestedRow(data, 'DEBIT');
  if (type === 'RefundRequested') return requestedRow(data, 'REFUND');
  // Refunds of what was sent long ago, entries of refused cancellations: nothing here waits for them.
  if (row === null) return null;
  switch (type) {
    case 'PaymentAuthorized':
      return { ...row, authorization_number: data.authorizationNumber };
    case 'PaymentAccepted':
      return {
        ...row,
        state: row.authorization_only ? 'awaiting-capture' : 'to-send',
        planned_date: data.plannedDate,
      };
    case 'PaymentConfirmed':
    case 'RefundAccepted':
    case 'RefundConfirmed':
      return { ...row, state: 'to-send', planned_date: data.plannedDate };
    case 'TransactionCaptured':
      return { ...row, state: 'to-send', amount_minor: data.amount.minor };
    case 'TransactionCancelled':
      return { ...row, state: 'cancelled', kind: 'CANCELLATION' };
    case 'TransactionModified':
      return { ...row, amount_minor: data.amount.minor, planned_date: data.plannedDate };
    case 'SendingRequested':
      return { ...row, sending_id: data.sendingId };
    case 'TransactionSetAside':
      invariant(data.reason === 'inactive-contract', 'what was sent has no row that waits');
      return { ...row, state: 'set-aside', sending_id: null };
    case 'TransactionPutBack':
      return { ...row, state: 'to-send', planned_date: data.plannedDate };
    case 'PaymentRefused':
    case 'PaymentAbandoned':
    case 'RefundRefused':
      return null;
    default:
      return row;
  }
}
