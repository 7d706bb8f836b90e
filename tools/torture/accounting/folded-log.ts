import { type LoggedEvent, LogReader } from './log-reader';

/** An operation as the log recorded it. */
export type RecordedOperation = {
  readonly type: string;
  readonly transactionId: string;
  readonly minor: number;
  readonly position: number;
};

/** What a request says, as far as the accounts look at it. */
export type Requested = {
  readonly isAuthorizationOnly: boolean;
  readonly orderReference: unknown;
  readonly contractId: unknown;
  readonly originalTransactionId: unknown;
};

/** What became of a debit or a refund, folded from its events without any code of the product. */
export type FoldedLife = {
  readonly id: string;
  readonly isRefund: boolean;
  readonly requests: number;
  readonly requested: Requested;
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

/** Folds a log event by event. */
export class LogFold implements FoldedLog {
  readonly lives = new Map<string, FoldedLife>();
  readonly operations = new Map<string, RecordedOperation[]>();
  readonly builtRemittances = new Map<string, Readonly<Record<string, unknown>>>();

  add({ type, data, position }: LoggedEvent): void {
    if (type === 'RemittanceBuilt') this.builtRemittances.set(String(data['remittanceId']), data);
    const transactionId = data['transactionId'];
    if (typeof transactionId !== 'string') return;
    const operationId = operationOf(type, data);
    if (operationId !== null) {
      const recorded = { type, transactionId, minor: minorOf(data), position };
      this.operations.set(operationId, [...(this.operations.get(operationId) ?? []), recorded]);
    }
    const life = this.lives.get(transactionId);
    if (type === 'PaymentRequested' || type === 'RefundRequested')
      this.lives.set(transactionId, opened(type, transactionId, data, life));
    else if (life !== undefined) change(life, type, data);
  }
}

/** The log of an installation, folded as far as it was read. */
export class GrowingLog extends LogFold {
  private readonly reader: LogReader;

  constructor(url: string) {
    super();
    this.reader = new LogReader(url);
  }

  /** Events read so far. */
  get count(): number {
    return this.reader.count;
  }

  /** What is wrong with the log as a log. */
  get faults(): readonly string[] {
    return this.reader.faults;
  }

  /** Reads and folds what was added since the last time. */
  async readOn(): Promise<void> {
    await this.reader.readOn((event) => this.add(event));
  }
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
    requested: {
      isAuthorizationOnly: data['authorizationOnly'] === true,
      orderReference: data['orderReference'],
      contractId: data['contractId'],
      originalTransactionId: data['originalTransactionId'],
    },
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
