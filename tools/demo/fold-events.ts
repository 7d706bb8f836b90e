import type { Figures, Total, TradeFigures } from './figures';

/** An event as the auditor's API gives it. */
export type LoggedEvent = {
  readonly position: number;
  readonly streamId: string;
  readonly version: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** What became of one transaction, folded from its stream. */
export type FoldedTransaction = {
  readonly id: string;
  readonly shopId: string;
  readonly orderReference: string;
  type: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  /** Null until the payment has an outcome. */
  status: 'ACCEPTED' | 'REFUSED' | 'PENDING' | 'ABANDONED' | null;
  acquirerStatus: string;
  readonly isAuthorizationOnly: boolean;
  amountMinor: number;
  isCaptured: boolean;
  /** The acquirer's code of a refusal, null when it gave none. */
  responseCode: string | null;
  remittanceId: string | null;
  readonly refundIds: string[];
};

/** A trade as its events tell it. */
export type FoldedTrade = {
  readonly transactions: ReadonlyMap<string, FoldedTransaction>;
  /** Remittances whose files were delivered. */
  readonly sentRemittances: ReadonlySet<string>;
  /** Streams with an event missing, as `stream at version n`. */
  readonly gaps: readonly string[];
};

type Data = Readonly<Record<string, unknown>>;
const minorOf = (data: Data) => (data['amount'] as { minor: number }).minor;
const textOf = (data: Data, field: string) => String(data[field]);

/** Folds the whole log, shops of other trades included. It shares no code with the product. */
export function foldEvents(events: readonly LoggedEvent[]): FoldedTrade {
  const transactions = new Map<string, FoldedTransaction>();
  const sentRemittances = new Set<string>();
  const versions = new Map<string, number>();
  const gaps: string[] = [];
  for (const { streamId, version, type, data } of events) {
    const expected = (versions.get(streamId) ?? -1) + 1;
    if (version !== expected) gaps.push(`${streamId} à la version ${expected}`);
    versions.set(streamId, version);
    if (type === 'RemittanceSent') sentRemittances.add(textOf(data, 'remittanceId'));
    if (typeof data['transactionId'] !== 'string') continue;
    const opened = openedBy(type, data);
    if (opened) transactions.set(opened.id, opened);
    else {
      const transaction = transactions.get(data['transactionId']);
      if (transaction) change(transaction, type, data);
    }
  }
  return { transactions, sentRemittances, gaps };
}

function openedBy(type: string, data: Data): FoldedTransaction | null {
  const isRefund = type === 'RefundRequested';
  const isRefusedCancellation = type === 'CancellationRefused';
  if (type !== 'PaymentRequested' && !isRefund && !isRefusedCancellation) return null;
  return {
    id: textOf(data, 'transactionId'),
    shopId: textOf(data, 'shopId'),
    orderReference: textOf(data, 'orderReference'),
    type: isRefund ? 'REFUND' : isRefusedCancellation ? 'CANCELLATION' : 'DEBIT',
    status: isRefusedCancellation ? 'REFUSED' : null,
    acquirerStatus: 'NOT_APPLICABLE',
    isAuthorizationOnly: data['authorizationOnly'] === true,
    amountMinor: minorOf(data),
    isCaptured: false,
    responseCode: null,
    remittanceId: null,
    refundIds: [],
  };
}

function change(transaction: FoldedTransaction, type: string, data: Data): void {
  const stand = (status: FoldedTransaction['status'], acquirerStatus: string) => {
    transaction.status = status;
    transaction.acquirerStatus = acquirerStatus;
  };
  switch (type) {
    case 'PaymentAccepted':
      return stand('ACCEPTED', transaction.isAuthorizationOnly ? 'AWAITING_CAPTURE' : 'TO_SEND');
    case 'PaymentConfirmed':
    case 'RefundAccepted':
    case 'RefundConfirmed':
    case 'TransactionPutBack':
      return stand('ACCEPTED', 'TO_SEND');
    case 'PaymentRefused':
    case 'RefundRefused':
      transaction.responseCode =
        typeof data['responseCode'] === 'string' ? data['responseCode'] : null;
      return stand('REFUSED', 'NOT_APPLICABLE');
    case 'PaymentPending':
    case 'RefundPending':
    case 'AuthorizationOutcomeUnknown':
      return stand('PENDING', 'AWAITING_CONFIRMATION');
    case 'PaymentAbandoned':
      return stand('ABANDONED', 'NOT_APPLICABLE');
    case 'TransactionCaptured':
      transaction.isCaptured = true;
      transaction.amountMinor = minorOf(data);
      return stand('ACCEPTED', 'TO_SEND');
    case 'TransactionModified':
      transaction.amountMinor = minorOf(data);
      return;
    case 'TransactionCancelled':
      transaction.type = 'CANCELLATION';
      return;
    case 'TransactionRefunded':
      transaction.refundIds.push(textOf(data, 'refundId'));
      return;
    case 'TransactionSetAside':
      return stand('ACCEPTED', 'SET_ASIDE');
    case 'TransactionSentToBank':
      // Nothing else can be sent: were an earlier event missing, the figures have to show it.
      if (transaction.acquirerStatus !== 'TO_SEND') return;
      transaction.remittanceId = textOf(data, 'remittanceId');
      return stand('ACCEPTED', 'SENT');
  }
}

/** The figures of the shops given, in their order. */
export function figuresOfEvents(trade: FoldedTrade, shopIds: readonly string[]): TradeFigures {
  const ours = [...trade.transactions.values()].filter(({ shopId }) => shopIds.includes(shopId));
  const shops = shopIds.map((shopId) => figuresOf(ours.filter((one) => one.shopId === shopId)));
  return { shops, all: figuresOf(ours) };
}

function figuresOf(transactions: readonly FoldedTransaction[]): Figures {
  const states: Record<string, number> = {};
  for (const { type, status, acquirerStatus } of transactions) {
    const state =
      status === null ? `${type} WITHOUT_OUTCOME` : `${type} ${status} ${acquirerStatus}`;
    states[state] = (states[state] ?? 0) + 1;
  }
  const counted = transactions.filter(
    ({ status, acquirerStatus }) =>
      status === 'ACCEPTED' && (acquirerStatus === 'SENT' || acquirerStatus === 'TO_SEND'),
  );
  const debits = totalOf(counted.filter(({ type }) => type === 'DEBIT'));
  const refunds = totalOf(counted.filter(({ type }) => type === 'REFUND'));
  const debitAmounts = counted.flatMap(({ type, amountMinor }) =>
    type === 'DEBIT' ? [amountMinor] : [],
  );
  const { count, minor } = debits;
  return {
    states,
    count: count + refunds.count,
    turnoverMinor: minor - refunds.minor,
    maximumMinor: count === 0 ? null : debitAmounts.reduce((most, one) => Math.max(most, one)),
    averageMinor: count === 0 ? null : Math.floor((2 * minor + count) / (2 * count)),
    remittances: remittancesOf(transactions),
  };
}

/** A cancelled debit that was sent gives two lines: its debit, and the credit that undoes it. */
function remittancesOf(transactions: readonly FoldedTransaction[]): Figures['remittances'] {
  const sent = transactions.filter(({ remittanceId }) => remittanceId !== null);
  const debits = totalOf(sent.filter(({ type }) => type !== 'REFUND'));
  const credits = totalOf(sent.filter(({ type }) => type !== 'DEBIT'));
  return {
    count: new Set(sent.map(({ remittanceId }) => remittanceId)).size,
    debits,
    credits,
    totalMinor: debits.minor - credits.minor,
  };
}

function totalOf(transactions: readonly FoldedTransaction[]): Total {
  const minor = transactions.reduce((total, { amountMinor }) => total + amountMinor, 0);
  return { count: transactions.length, minor };
}

/**
 * Attempts that a breakdown interrupted, per shop: refused without a code of the acquirer, and made
 * again under another id with the same order reference.
 */
export function interruptedAttempts(trade: FoldedTrade, shopIds: readonly string[]): number[] {
  const accepted = new Set<string>();
  for (const { type, status, shopId, orderReference } of trade.transactions.values())
    if (type !== 'REFUND' && status === 'ACCEPTED') accepted.add(`${shopId}|${orderReference}`);
  return shopIds.map(
    (shopId) =>
      [...trade.transactions.values()].filter(
        (one) =>
          one.shopId === shopId &&
          one.type === 'DEBIT' &&
          one.status === 'REFUSED' &&
          one.responseCode === null &&
          accepted.has(`${shopId}|${one.orderReference}`),
      ).length,
  );
}
