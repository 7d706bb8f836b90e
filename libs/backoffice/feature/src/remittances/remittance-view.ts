import { money } from '@encaisse/kernel';
import type { RemittanceRow } from './remittance-row';

/** A remittance as the API shows it: the columns of REM-08. */
export function remittanceView(row: RemittanceRow) {
  const amount = (minor: number) => money(minor, row.currency);
  return {
    remittanceId: row.remittanceId,
    remittanceNumber: row.remittanceNumber,
    environment: row.environment,
    createdAt: row.createdAt,
    creditCount: row.creditCount,
    creditAmount: amount(row.creditMinor),
    debitCount: row.debitCount,
    debitAmount: amount(row.debitMinor),
    transactionCount: row.lineCount,
    totalAmount: amount(row.totalMinor),
    currency: row.currency,
    shopId: row.shopId,
    contractId: row.contractId,
    contractNumber: row.contractNumber,
    rank: row.rank,
    paymentMeans: row.paymentMeans,
    status: row.status,
    trigger: row.trigger,
  };
}

/** What the detail of a remittance shows besides. */
export function remittanceDetail(row: RemittanceRow) {
  return {
    ...remittanceView(row),
    acquirer: row.acquirer,
    cutOff: row.cutOff,
    builtAt: row.builtAt,
    attempt: row.attempt,
    sentAt: row.sentAt,
    answeredAt: row.answeredAt,
    rejectionReason: row.rejectionReason,
    rejectedLines: row.rejectedLines ?? [],
    files: row.files ?? [],
    linesDigest: row.linesDigest,
  };
}
