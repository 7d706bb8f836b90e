import type { Environment, Instant } from '@encaisse/kernel';

export type TransactionId = string;
export type OperationId = string;

/** Why a payment or a refund was refused (TRX-32). The French text belongs to the screens. */
export const REFUSAL_REASONS = [
  'CARD_BLOCKED',
  'ISSUER_DECLINED',
  'CARD_EXPIRED',
  'INVALID_CARD_NUMBER',
  'AUTHENTICATION_FAILED',
  'RISK_CONTROL',
  'CONTRACT_INACTIVE',
  'AMOUNT_OUT_OF_RANGE',
  'TECHNICAL_ERROR',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** How the payment reached us (PAY-01). */
export const SALES_CHANNELS = [
  'VIRTUAL_TERMINAL',
  'E_COMMERCE',
  'M_COMMERCE',
  'CALL_CENTER',
  'BUSINESS_SOFTWARE',
  'IVR',
] as const;
export type SalesChannel = (typeof SALES_CHANNELS)[number];

/** What an event may say of a card: a reference into the vault, a mask, never the number (GEN-12). */
export type CardSummary = {
  readonly cardId: string;
  /** First six and last four digits, stars between. */
  readonly maskedNumber: string;
  /** YYMM. */
  readonly expiry: string;
  readonly cardType: string | null;
  /** ISO 3166 alpha-2 of the issuer, null when unknown. */
  readonly cardCountry: string | null;
  readonly issuer: string | null;
};

/** Reference into the personal-data vault with a salted commitment (D7). */
export type PersonReference = { readonly personId: string; readonly commitment: string };

/** Where a transaction belongs. Copied into it once: a later move or edit does not rewrite history. */
export type TransactionPlace = {
  readonly environment: Environment;
  readonly shopId: string;
  readonly contractId: string;
  readonly contractNumber: string;
  /** Three digits. */
  readonly rank: string;
  /** CB, VISA, MASTERCARD … as on the contract. */
  readonly paymentMeans: string;
  readonly acquirer: string;
};

/** What identifies an acquirer exchange, kept so that a reversal can name it after a crash. */
export type AcquirerTrace = {
  /** System trace audit number, six digits (field 11). */
  readonly stan: string;
  /** Retrieval reference number, twelve characters (field 37). */
  readonly retrievalReference: string;
  readonly transmittedAt: Instant;
};
