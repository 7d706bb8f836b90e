import { type Currency, type Money, money } from '@encaisse/kernel';
import { DEBIT_SENT, tripleOfRow } from '../journal/fold-transaction';
import type { JournalRow } from '../journal/journal-row';

/** 3-D Secure is not taken yet: its guarantee applies to nothing (TRX-42). */
const NO_GUARANTEE = 'N/A';

/** A row of the journal as the API shows it: the columns of TRX-18. */
export function transactionView(row: JournalRow) {
  const { type, status, acquirerStatus } = tripleOfRow(row.combination ?? 0);
  const amount = (minor: number): Money => money(minor, row.currency);
  return {
    transactionId: row.transactionId,
    environment: row.environment,
    createdAt: row.createdAt,
    businessDay: row.businessDay,
    transactionNumber: row.transactionNumber,
    type,
    status,
    acquirerStatus,
    initialAmount: amount(row.initialMinor),
    currentAmount: amount(row.currentMinor),
    debitedAmount: row.debitedMinor === null ? null : amount(row.debitedMinor),
    refundedAmount: amount(row.refundedMinor),
    refundable: amount(refundableMinor(row)),
    currency: row.currency satisfies Currency,
    wallet: row.wallet,
    paymentMeans: row.paymentMeans,
    shopId: row.shopId,
    contractId: row.contractId,
    contractNumber: row.contractNumber,
    rank: row.rank,
    remittanceId: row.remittanceId,
    remittanceNumber: row.remittanceNumber,
    orderReference: row.orderReference,
    cardholderEmail: row.cardholderEmail,
    guarantee3ds: NO_GUARANTEE,
    clientCountry: row.clientCountry,
    cardCountry: row.cardCountry,
    maskedCardNumber: row.maskedNumber,
    cardType: row.cardType,
    cardExpiry: shownExpiry(row.cardExpiry),
    authorizationNumber: row.authorizationNumber,
    responseCode: row.responseCode,
    refusalReason: row.refusalReason,
    plannedDate: row.plannedDate,
  };
}

/** What a refund may give back now: nothing unless the debit is sent (CASH-05, CASH-07). */
function refundableMinor(row: JournalRow): number {
  if (row.combination !== DEBIT_SENT) return 0;
  return (row.debitedMinor ?? 0) - row.refundedMinor - row.refundingMinor;
}

/** What the detail of a transaction shows (TRX-31, TRX-33, TRX-34). */
export function transactionDetail(row: JournalRow, linked: readonly JournalRow[]) {
  return {
    ...transactionView(row),
    authorizationOnly: row.isAuthorizationOnly,
    channel: row.channel,
    archivingReference: row.archivingReference,
    acquirer: row.acquirer,
    issuer: row.issuer,
    remittanceDate: row.sentOn ?? row.plannedDate,
    authorizedAt: row.authorizedAt,
    acceptedAt: row.acceptedAt,
    acceptedOn: row.acceptedOn,
    capturedAt: row.capturedAt,
    cancelledAt: row.cancelledAt,
    sentAt: row.sentAt,
    setAside:
      row.setAsideReason === null
        ? null
        : { reason: row.setAsideReason, detail: row.setAsideDetail },
    threeDSecure: false,
    authenticationResult: null,
    cardId: row.cardId,
    originalTransactionId: row.originalTransactionId,
    originalTransactionNumber: row.originalTransactionNumber,
    duplicateOf: row.duplicateOf,
    refunds: linked.map(transactionView).filter(({ type }) => type === 'REFUND'),
    refusedCancellations: linked.map(transactionView).filter(({ type }) => type === 'CANCELLATION'),
  };
}

/** MM/YY from the YYMM of cards. */
export function shownExpiry(expiry: string | null): string | null {
  return expiry === null ? null : `${expiry.slice(2, 4)}/${expiry.slice(0, 2)}`;
}
