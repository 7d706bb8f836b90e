import { invariant } from '@encaisse/kernel';
import type { RemittanceEvent, RemittanceOpening } from '@encaisse/remittance/contract';
import type { RemittanceRow } from './remittance-row';

/**
 * A remittance's row after one more event of its stream. Changes the row in place. Throws on an event
 * whose row is missing.
 */
export function foldRemittance(
  row: RemittanceRow | undefined,
  event: RemittanceEvent,
): RemittanceRow {
  if (event.type === 'RemittanceOpened') return opened(event.data);
  invariant(row, `${event.type} of ${event.data.remittanceId} has no first event`);
  switch (event.type) {
    case 'RemittanceBuilt':
      row.status = 'TO_SEND';
      row.debitCount = event.data.debits.count;
      row.debitMinor = event.data.debits.amount.minor;
      row.creditCount = event.data.credits.count;
      row.creditMinor = event.data.credits.amount.minor;
      row.lineCount = event.data.lineCount;
      row.totalMinor = event.data.total.minor;
      row.linesDigest = event.data.linesDigest;
      row.builtAt = event.data.builtAt;
      return row;
    case 'RemittanceAbandoned':
      row.status = null;
      return row;
    case 'RemittanceSent':
      row.status = 'SENT';
      row.attempt = event.data.attempt;
      row.files = event.data.files;
      row.sentAt = event.data.sentAt;
      return row;
    case 'RemittanceAccepted':
      row.status = 'ACCEPTED';
      row.answeredAt = event.data.acceptedAt;
      row.rejectionReason = null;
      row.rejectedLines = event.data.rejectedLines.length === 0 ? null : event.data.rejectedLines;
      return row;
    case 'RemittanceRejected':
      row.status = 'REJECTED';
      row.answeredAt = event.data.rejectedAt;
      row.rejectionReason = event.data.reason;
      return row;
    case 'RemittanceResendRequested':
      row.status = 'TO_SEND';
      return row;
  }
}

function opened(opening: RemittanceOpening): RemittanceRow {
  return {
    remittanceId: opening.remittanceId,
    remittanceNumber: opening.number,
    environment: opening.environment,
    shopId: opening.shopId,
    contractId: opening.contractId,
    contractNumber: opening.contractNumber,
    rank: opening.rank,
    paymentMeans: opening.paymentMeans,
    currency: opening.currency,
    acquirer: opening.acquirer,
    trigger: opening.trigger,
    cutOff: opening.cutOff,
    createdAt: opening.openedAt,
    status: null,
    debitCount: 0,
    debitMinor: 0,
    creditCount: 0,
    creditMinor: 0,
    lineCount: 0,
    totalMinor: 0,
    linesDigest: null,
    builtAt: null,
    attempt: 0,
    files: null,
    sentAt: null,
    answeredAt: null,
    rejectionReason: null,
    rejectedLines: null,
  };
}
