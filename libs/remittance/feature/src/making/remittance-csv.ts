import { toDecimal } from '@encaisse/kernel';
import type { BatchLine } from '@encaisse/platform/iso20022';
import type { RemittanceOpening } from '@encaisse/remittance/contract';

const COLUMNS = [
  'remittance',
  'environment',
  'contract',
  'rank',
  'payment_means',
  'line',
  'type',
  'side',
  'amount',
  'currency',
  'transaction',
  'transaction_at',
  'original_transaction',
  'order_reference',
  'archiving_reference',
  'authorization',
  'retrieval_reference',
  'card',
] as const;

/** First line of the csv. The format is documented in docs/formats/remittance-csv.md. */
export const CSV_HEADER = `${COLUMNS.join(';')}\r\n`;

/** One line of the csv. */
export function csvLine(opening: RemittanceOpening, line: BatchLine): string {
  const fields: Readonly<Record<(typeof COLUMNS)[number], string | null>> = {
    remittance: opening.number,
    environment: opening.environment,
    contract: opening.contractNumber,
    rank: opening.rank,
    payment_means: opening.paymentMeans,
    line: String(line.sequence),
    type: line.kind,
    side: line.kind === 'DEBIT' ? 'DEBIT' : 'CREDIT',
    amount: toDecimal(line.amount),
    currency: line.amount.currency,
    transaction: line.transactionNumber,
    transaction_at: line.transactionAt,
    original_transaction: line.originalTransactionNumber,
    order_reference: line.orderReference,
    archiving_reference: line.archivingReference,
    authorization: line.authorizationNumber,
    retrieval_reference: line.retrievalReference,
    card: line.card?.maskedNumber ?? null,
  };
  return `${COLUMNS.map((column) => quoted(fields[column] ?? '')).join(';')}\r\n`;
}

/** A beginning that a spreadsheet runs, or a character that RFC 4180 has quoted. */
const NEEDS_CARE = /^[=+\-@\t\r]|[";\r\n]/;

/**
 * Quotes where RFC 4180 asks for it. References come from merchants: one that a spreadsheet would run
 * as a formula gets an apostrophe in front.
 */
function quoted(text: string): string {
  if (!NEEDS_CARE.test(text)) return text;
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
