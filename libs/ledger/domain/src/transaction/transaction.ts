import { type StreamType, invariant } from '@encaisse/kernel';
import type { Evolutions } from './evolutions';
import { OPERATION_EVOLUTIONS } from './evolve-operations';
import { PAYMENT_EVOLUTIONS } from './evolve-payment';
import { REFUND_EVOLUTIONS } from './evolve-refund';
import { SENDING_EVOLUTIONS } from './evolve-sending';
import type { TransactionEvent } from './transaction-events';
import type { DebitPhase, RefundPhase, Transaction } from './transaction-state';
import { type Triple, allowedTriple } from './triples';

const triple = (
  type: Triple['type'],
  status: Triple['status'],
  acquirerStatus: Triple['acquirerStatus'],
): Triple => ({ type, status, acquirerStatus });

const WAITING_DEBIT = triple('DEBIT', 'PENDING', 'AWAITING_CONFIRMATION');

const DEBIT_TRIPLES: Readonly<Record<DebitPhase, Triple | null>> = {
  requested: null,
  authorized: null,
  pending: WAITING_DEBIT,
  'outcome-unknown': WAITING_DEBIT,
  reversed: WAITING_DEBIT,
  refused: triple('DEBIT', 'REFUSED', 'NOT_APPLICABLE'),
  abandoned: triple('DEBIT', 'ABANDONED', 'NOT_APPLICABLE'),
  'awaiting-capture': triple('DEBIT', 'ACCEPTED', 'AWAITING_CAPTURE'),
  'to-send': triple('DEBIT', 'ACCEPTED', 'TO_SEND'),
  sent: triple('DEBIT', 'ACCEPTED', 'SENT'),
  'set-aside': triple('DEBIT', 'ACCEPTED', 'SET_ASIDE'),
  cancelled: triple('CANCELLATION', 'ACCEPTED', 'TO_SEND'),
  'cancellation-sent': triple('CANCELLATION', 'ACCEPTED', 'SENT'),
};

const REFUND_TRIPLES: Readonly<Record<RefundPhase, Triple | null>> = {
  requested: null,
  pending: triple('REFUND', 'PENDING', 'AWAITING_CONFIRMATION'),
  refused: triple('REFUND', 'REFUSED', 'NOT_APPLICABLE'),
  'to-send': triple('REFUND', 'ACCEPTED', 'TO_SEND'),
  sent: triple('REFUND', 'ACCEPTED', 'SENT'),
  'set-aside': triple('REFUND', 'ACCEPTED', 'SET_ASIDE'),
};

const REFUSED_CANCELLATION = triple('CANCELLATION', 'REFUSED', 'NOT_APPLICABLE');

/** Type, status and acquirer status of a transaction; null before anything is known (TRX-09). */
export function tripleOf(state: Transaction): Triple | null {
  switch (state.kind) {
    case 'none':
      return null;
    case 'debit':
      return DEBIT_TRIPLES[state.phase];
    case 'refund':
      return REFUND_TRIPLES[state.phase];
    case 'refused-cancellation':
      return REFUSED_CANCELLATION;
  }
}

const EVOLUTIONS: Evolutions<TransactionEvent['type']> = {
  ...PAYMENT_EVOLUTIONS,
  ...OPERATION_EVOLUTIONS,
  ...SENDING_EVOLUTIONS,
  ...REFUND_EVOLUTIONS,
};

const INITIAL: Transaction = { kind: 'none' };

function evolve(state: Transaction, { type, data }: TransactionEvent): Transaction {
  // The compiler cannot see that the data belongs to the type it was found beside.
  const apply = EVOLUTIONS[type] as
    ((state: Transaction, data: TransactionEvent['data']) => Transaction) | undefined;
  invariant(apply !== undefined, `unknown event type ${type}`);
  const next = apply(state, data);
  const combination = tripleOf(next);
  invariant(
    combination === null || allowedTriple(combination) !== null,
    `${type} led to a combination outside the table`,
  );
  return next;
}

/**
 * The life of one transaction, refund or refused cancellation (D3): requested, authorised, captured,
 * cancelled, refunded, sent to the bank. Its id is the transaction's.
 * Throws when events contradict one another: a stream that does so was not written by us.
 */
export const transactionStream: StreamType<Transaction, TransactionEvent> = {
  category: 'ledger.transaction',
  initial: INITIAL,
  evolve,
  schemaVersions: {
    PaymentRequested: 1,
    PaymentAuthorized: 1,
    PaymentAccepted: 1,
    PaymentRefused: 1,
    PaymentPending: 1,
    PaymentConfirmed: 1,
    PaymentAbandoned: 1,
    AuthorizationOutcomeUnknown: 1,
    AuthorizationReversed: 1,
    LateAuthorizationAnswerReceived: 1,
    TransactionCaptured: 1,
    TransactionCancelled: 1,
    CancellationRefused: 1,
    TransactionRefundStarted: 1,
    TransactionRefunded: 1,
    TransactionRefundFailed: 1,
    TransactionModified: 1,
    SendingRequested: 1,
    TransactionSentToBank: 1,
    TransactionSetAside: 1,
    TransactionPutBack: 1,
    RefundRequested: 1,
    RefundAccepted: 1,
    RefundPending: 1,
    RefundConfirmed: 1,
    RefundRefused: 1,
  },
};
