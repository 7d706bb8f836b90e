import type { Currency, Environment } from '@encaisse/kernel';
import { ALLOWED_TRIPLES } from '@encaisse/ledger/domain';
import type { JournalRow } from './journal-row';

/** What one transaction adds to the figures of its date (STAT-09 to STAT-13). */
export type Contribution = {
  readonly recordedCount: number;
  readonly debitCount: number;
  readonly debitMinor: number;
  readonly refundCount: number;
  readonly refundMinor: number;
};

export const NO_CONTRIBUTION: Contribution = {
  recordedCount: 0,
  debitCount: 0,
  debitMinor: 0,
  refundCount: 0,
  refundMinor: 0,
};
const UNCOUNTED: Contribution = { ...NO_CONTRIBUTION, recordedCount: 1 };

const countedRows = (type: 'DEBIT' | 'REFUND') =>
  ALLOWED_TRIPLES.filter((triple) => triple.counted && triple.type === type).map(({ row }) => row);

/** Combinations of the debits, and of the refunds, that count (STAT-09). */
export const COUNTED_DEBITS: readonly number[] = countedRows('DEBIT');
export const COUNTED_REFUNDS: readonly number[] = countedRows('REFUND');

/**
 * A debit enters at its debited amount, a refund at its own; a cancellation enters at + its amount
 * and − its amount, hence not at all (STAT-10). A transaction that is not listed adds nothing.
 */
export function contributionOf(row: JournalRow | undefined): Contribution {
  if (row?.combination == null) return NO_CONTRIBUTION;
  if (COUNTED_DEBITS.includes(row.combination))
    return { ...UNCOUNTED, debitCount: 1, debitMinor: row.debitedMinor ?? 0 };
  if (COUNTED_REFUNDS.includes(row.combination))
    return { ...UNCOUNTED, refundCount: 1, refundMinor: row.initialMinor };
  return UNCOUNTED;
}

/** Where a transaction enters: its shop's figures of one hour and one day. */
export type FigureKey = {
  readonly environment: Environment;
  readonly shopId: string;
  readonly paymentMeans: string;
  readonly currency: Currency;
  /** First instant of the hour. */
  readonly hour: string;
  /** Paris day. */
  readonly day: string;
};

/** A change of one transaction's contribution. */
export type FigureChange = FigureKey & {
  readonly before: Contribution;
  readonly after: Contribution;
};

/** The change a transaction makes, null when its figures stay the same. */
export function figureChange(row: JournalRow, before: Contribution): FigureChange | null {
  const after = contributionOf(row);
  const isSame =
    before.recordedCount === after.recordedCount &&
    before.debitCount === after.debitCount &&
    before.debitMinor === after.debitMinor &&
    before.refundCount === after.refundCount;
  if (isSame) return null;
  const { environment, shopId, paymentMeans, currency, businessDay } = row;
  const hour = `${row.createdAt.slice(0, 13)}:00:00.000Z`;
  return { environment, shopId, paymentMeans, currency, hour, day: businessDay, before, after };
}
