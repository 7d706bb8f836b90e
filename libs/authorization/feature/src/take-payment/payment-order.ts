import type { Money } from '@encaisse/kernel';
import type { PersonReference, SalesChannel } from '@encaisse/ledger/domain';
import type { DirectoryContract } from '@encaisse/merchant-onboarding/contract';
import type { CheckedCard } from './card-checks';

/** A payment to take, checked and with its contract found. Lives in memory: it holds the card. */
export type PaymentOrder = {
  readonly transactionId: string;
  readonly contract: DirectoryContract;
  readonly orderReference: string;
  readonly amount: Money;
  readonly card: CheckedCard;
  readonly verificationCode: string | null;
  readonly authorizationOnly: boolean;
  readonly deferralDays: number;
  readonly channel: SalesChannel;
  readonly wallet: string | null;
  readonly archivingReference: string | null;
  readonly email: string | null;
  readonly clientCountry: string | null;
  /** The payment it repeats with the stored card, null for a payment of its own (PAY-19). */
  readonly duplicateOf: string | null;
  /** Already in the vault when it is a duplicate. */
  readonly cardholder: PersonReference | null;
};

/** What makes two orders the same request: everything but the verification code (D15). */
export function contentOf(order: PaymentOrder): object {
  const { contract, card, verificationCode: _code, cardholder: _person, ...content } = order;
  return { ...content, contractId: contract.contractId, card };
}
