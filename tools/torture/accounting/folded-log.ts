import type { LoggedEvent } from './log-reader';

/** An operation as the log recorded it. */
export type RecordedOperation = {
  readonly type: string;
  readonly transactionId: string;
  readonly minor: number;
  readonly position: number;
};

/** What became of a debit or a refund, folded from its events without any code of the product. */
export type FoldedLife = {
  readonly id: string;
  readonly isRefund: boolean;
  readonly requests: number;
  readonly requested: Readonly<Record<string, unknown>>;
  readonly requestedMinor: number;
  outcome: 'ACCEPTED' | 'REFUSED' | null;
  isUnknown: boolean;
  captures: number;
  cancellations: number;
  /** What it stands at now: requested, then captured, then modified. */
  minor: number;
  refundedMinor: number;
  readonly remittanceIds: string[];
};

export type FoldedLog = {
  readonly lives: ReadonlyMap<string, FoldedLife>;
  readonly operations: ReadonlyMap<string, readonly RecordedOperation[]>;
  readonly builtRemittances: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
};

export function minorOf(data: Readonly<Record<string, unknown>>): number {
  return (data['amount'] as { minor: number } | undefined)?.minor ?? 0;
}

export function foldLog(events: readonly LoggedEvent[]): FoldedLog {
  const lives = new Map<string, FoldedLife>();
  const operations = new Map<string, RecordedOperation[]>();
  const builtRemittances = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { type, data, position } of events) {
    if (type === 'RemittanceBuilt') builtRemittances.set(String(data['remittanceId']), data);
    const transactionId = data['transactionId'];
    if (typeof transactionId !== 'string') continue;
    const operationId = operationOf(type, data);
    if (operationId !== null) {
      const recorded = { type, transactionId, minor: minorOf(data), position };
      operations.set(operationId, [...(operations.get(operationId) ?? []), recorded]);
    }
    if (type === 'PaymentRequested' || type === 'RefundRequested')
      lives.set(transactionId, opened(type, transactionId, data, lives.get(transactionId)));
    else {
      const life = lives.get(transactionId);
      if (life !== undefined) change(life, type, data);
    }
  }
  return { lives, operations, builtRemittances };
}

/** The command that an event carries out; null for what the product does by itself. */
function operationOf(type: string, data: Readonly<Record<string, unknown>>): string | null {
  switch (type) {
    case 'PaymentRequested':
    case 'RefundRequested':
      return String(data['transactionId']);
    case 'TransactionCaptured':
    case 'TransactionCancelled':
    case 'TransactionModified':
      return String(data['operationId']);
    default:
      return null;
  }
}

function opened(
  type: string,
  id: string,
  data: Readonly<Record<string, unknown>>,
  before: FoldedLife | undefined,
): FoldedLife {
  return {
    id,
    isRefund: type === 'RefundRequested',
    requests: (before?.requests ?? 0) + 1,
    requested: data,
    requestedMinor: minorOf(data),
    outcome: null,
    isUnknown: false,
    captures: 0,
    cancellations: 0,
    minor: minorOf(data),
    refundedMinor: 0,
    remittanceIds: [],
  };
}

function change(life: FoldedLife, type: string, data: Readonly<Record<string, unknown>>): void {
  switch (type) {
    case 'PaymentAccepted':
    case 'PaymentConfirmed':
    case 'RefundAccepted':
      life.outcome = 'ACCEPTED';
      life.isUnknown = false;
      return;
    case 'PaymentRefused':
    case 'PaymentAbandoned':
    case 'RefundRefused':
      life.outcome = 'REFUSED';
      life.isUnknown = false;
      return;
    case 'AuthorizationOutcomeUnknown':
      life.isUnknown = true;
      return;
    case 'TransactionCaptured':
      life.captures += 1;
      life.minor = minorOf(data);
      return;
    case 'TransactionModified':
      life.minor = minorOf(data);
      return;
    case 'TransactionCancelled':
      life.cancellations += 1;
      return;
    case 'TransactionRefunded':
      life.refundedMinor += minorOf(data);
      return;
    case 'TransactionSentToBank':
      life.remittanceIds.push(String(data['remittanceId']));
  }
}
