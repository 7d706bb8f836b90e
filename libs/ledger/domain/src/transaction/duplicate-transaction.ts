import { type Decision, type Instant, type Money, accept, refuse } from '@encaisse/kernel';
import { placeOf } from './place';
import type { RequestPayment } from './request-payment';
import {
  type AmountRefusal,
  type FactsRefusal,
  type InProgressRefusal,
  type NoDebitRefusal,
  type OperationFacts,
  amountRefusal,
  asDebit,
  factsRefusal,
} from './rules';
import type { AcquirerTrace, SalesChannel, TransactionId } from './transaction-events';
import type { Debit, Transaction } from './transaction-state';

/**
 * Makes a new distance-selling debit from the stored card of an earlier one, with an order
 * reference and an authorisation of its own (PAY-19). French UI: « Dupliquer ».
 */
export type DuplicateTransaction = OperationFacts & {
  /** Id of the new payment, chosen by the caller. */
  readonly transactionId: TransactionId;
  readonly transactionNumber: string;
  readonly orderReference: string;
  readonly amount: Money;
  readonly channel: SalesChannel;
  readonly trace: AcquirerTrace | null;
  readonly fingerprint: string;
  readonly at: Instant;
  /** Whether the vault still holds the card. */
  readonly hasStoredCard: boolean;
};

/** Why a transaction is not duplicated. When several reasons apply, the first one is given. */
export type DuplicateRefusal =
  | NoDebitRefusal
  | InProgressRefusal
  | { readonly code: 'no-stored-card' }
  | FactsRefusal
  | { readonly code: 'order-reference-reused' }
  | AmountRefusal;

/** What a duplicate takes over: the place, the card, its holder, and how the payment is settled. */
function takenOver({ request }: Debit) {
  const { card, cardholder, authorizationOnly, deferralDays, archivingReference } = request;
  return {
    ...placeOf(request),
    card,
    cardholder,
    authorizationOnly,
    deferralDays,
    archivingReference,
    // The buyer is not connected this time, and no wallet gave the card.
    wallet: null,
    clientCountry: null,
    duplicateOf: request.transactionId,
  };
}

/** Decides on the original; what it accepts is the request of the new payment, on its own stream. */
export function duplicateTransaction(
  command: DuplicateTransaction,
  original: Transaction,
): Decision<RequestPayment, DuplicateRefusal> {
  const found = asDebit(original);
  if ('refused' in found) return found;
  const { debit } = found;
  const { sendingId, request } = debit;
  if (sendingId !== null) return refuse({ code: 'operation-in-progress', sendingId });
  if (request.card === null || !command.hasStoredCard) return refuse({ code: 'no-stored-card' });
  const outside = factsRefusal(command);
  if (outside) return refuse(outside);
  const { transactionId, transactionNumber, orderReference, amount, at } = command;
  if (orderReference === request.orderReference) return refuse({ code: 'order-reference-reused' });
  const refusal = amountRefusal(amount, request.amount.currency);
  if (refusal) return refuse(refusal);

  const { channel, trace, fingerprint } = command;
  const identity = { transactionId, transactionNumber, orderReference, fingerprint };
  return accept({ ...takenOver(debit), ...identity, amount, channel, trace, at });
}
