import { type Currency, minus, money, plus } from '@encaisse/kernel';
import type { LineTotal, RemittanceTotals } from '@encaisse/remittance/contract';

/** What is summed up of one kind of line. */
export type LineSum = { readonly count: number; readonly minor: number };

/** The sums per kind of line that totals are made of. */
export type LineSums = {
  readonly debits: LineSum;
  readonly refunds: LineSum;
  readonly cancellations: LineSum;
};

/**
 * Adds a remittance up (REM-09). A cancellation counts on both sides (CASH-13): its debit line is
 * among the debits, its cancellation line among the credits.
 */
export function totalsOf(sums: LineSums, currency: Currency): RemittanceTotals {
  const totalOf = ({ count, minor }: LineSum): LineTotal => ({
    count,
    amount: money(minor, currency),
  });
  const debits = totalOf(sums.debits);
  const refunds = totalOf(sums.refunds);
  const cancellations = totalOf(sums.cancellations);
  const credits = {
    count: refunds.count + cancellations.count,
    amount: plus(refunds.amount, cancellations.amount),
  };
  const total = minus(debits.amount, credits.amount);
  return { debits, credits, refunds, total, lineCount: debits.count + credits.count };
}

/** Whether there is anything to remit. */
export function hasLines({ lineCount }: RemittanceTotals): boolean {
  return lineCount > 0;
}

/** What the digest of a remittance holds of a line. Lines are in the order of transaction ids. */
export type DigestedLine = {
  readonly transactionId: string;
  readonly kind: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  readonly amountMinor: number;
  readonly currency: Currency;
};

/**
 * The text of one line in the digest of a remittance, with its line feed. The digest is the SHA-256
 * of these texts one after another, in UTF-8; a cancelled transaction gives its debit line, then its
 * cancellation.
 */
export function digestedLine({ transactionId, kind, amountMinor, currency }: DigestedLine): string {
  return `${transactionId}|${kind}|${amountMinor}|${currency}\n`;
}
