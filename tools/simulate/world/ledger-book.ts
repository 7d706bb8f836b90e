import type { RecordedEvent } from '@encaisse/platform/event-store';
import { daysFrom } from './calendar';
import { checkDay, type Money, moneyOf } from './event-checks';
import { hold } from './findings';

type Data = Readonly<Record<string, unknown>>;

/** A transaction as the simulation's own book has it, written from the state model alone. */
export type Entry = {
  readonly id: string;
  readonly isRefund: boolean;
  readonly amount: Money;
  readonly contractId: string;
  readonly reference: string | null;
  readonly isAuthorizationOnly: boolean;
  type: 'DEBIT' | 'REFUND' | 'CANCELLATION';
  status: 'ACCEPTED' | 'REFUSED' | 'PENDING' | 'ABANDONED' | null;
  acquirer:
    | 'AWAITING_CAPTURE'
    | 'AWAITING_CONFIRMATION'
    | 'TO_SEND'
    | 'SENT'
    | 'SET_ASIDE'
    | 'NOT_APPLICABLE';
  isUnknown: boolean;
  wasUnknown: boolean;
  isReversed: boolean;
  authorizationNumber: string | null;
  acceptedOn: string | null;
  plannedDate: string | null;
  debitedMinor: number;
  isCaptured: boolean;
  refundedMinor: number;
  sendingId: string | null;
  /** Remittances it is a line of; those that rejected the line are crossed out. */
  readonly remittances: { readonly id: string; isRejected: boolean }[];
  readonly operations: Set<string>;
};

const WINDOW_DAYS = 75;

/** The fifteen rows of §4.1.1, by hand. */
const ROWS = new Set([
  'DEBIT ACCEPTED SENT',
  'DEBIT ACCEPTED TO_SEND',
  'DEBIT ACCEPTED AWAITING_CAPTURE',
  'DEBIT REFUSED NOT_APPLICABLE',
  'REFUND ACCEPTED SENT',
  'REFUND ACCEPTED TO_SEND',
  'REFUND REFUSED NOT_APPLICABLE',
  'CANCELLATION ACCEPTED SENT',
  'CANCELLATION ACCEPTED TO_SEND',
  'CANCELLATION REFUSED NOT_APPLICABLE',
  'DEBIT PENDING AWAITING_CONFIRMATION',
  'DEBIT ABANDONED NOT_APPLICABLE',
  'DEBIT ACCEPTED SET_ASIDE',
  'REFUND ACCEPTED SET_ASIDE',
  'REFUND PENDING AWAITING_CONFIRMATION',
]);

/** Reads the log of transactions a second time and says where it breaks a rule of money. */
export class LedgerBook {
  readonly entries = new Map<string, Entry>();
  readonly byReference = new Map<string, Entry>();
  private readonly touched = new Set<Entry>();
  private readonly numbers = new Set<string>();
  /** Amounts reserved for refunds whose own stream is still to come, by refund. */
  private readonly reserved = new Map<string, number>();

  /** Reads one event of a transaction stream. */
  read({ streamId, type, data: raw }: RecordedEvent): void {
    const data = raw as Data;
    const id = streamId.slice(streamId.indexOf('-') + 1);
    checkDay(type, data);
    if (type === 'PaymentRequested' || type === 'RefundRequested') return this.open(id, type, data);
    const entry = this.entries.get(id);
    hold(entry !== undefined, 'M5', () => `${type} of ${id}, which nobody requested`);
    this.touched.add(entry!);
    this.apply(entry!, type, data);
  }

  /** What the events of one commit led to. An append is whole: only its end must be a row. */
  checkTouched(): void {
    for (const entry of this.touched) {
      if (entry.status === null) continue;
      const row = `${entry.type} ${entry.status} ${entry.acquirer}`;
      hold(ROWS.has(row), 'M5', () => `${entry.id} is ${row}`);
    }
    this.touched.clear();
  }

  /** Refunds that take money from a debit without being there themselves. */
  get missingRefunds(): readonly string[] {
    return [...this.reserved.keys()];
  }

  private open(id: string, type: string, data: Data): void {
    hold(!this.entries.has(id), 'M5', () => `${id} is requested twice`);
    const isRefund = type === 'RefundRequested';
    const number = data['transactionNumber'] as string;
    hold(!this.numbers.has(number), 'M6', () => `two transactions are number ${number}`);
    this.numbers.add(number);
    const amount = moneyOf(data['amount']);
    const trace = (data['trace'] ?? null) as { retrievalReference: string } | null;
    const entry: Entry = {
      id,
      isRefund,
      amount,
      contractId: data['contractId'] as string,
      reference: trace?.retrievalReference ?? null,
      isAuthorizationOnly: data['authorizationOnly'] === true,
      type: isRefund ? 'REFUND' : 'DEBIT',
      status: null,
      acquirer: 'NOT_APPLICABLE',
      isUnknown: false,
      wasUnknown: false,
      isReversed: false,
      authorizationNumber: null,
      acceptedOn: null,
      plannedDate: null,
      debitedMinor: data['authorizationOnly'] === true ? 0 : amount.minor,
      isCaptured: false,
      refundedMinor: 0,
      sendingId: null,
      remittances: [],
      operations: new Set(),
    };
    if (isRefund) this.checkRefund(entry, data['originalTransactionId'] as string);
    this.entries.set(id, entry);
    if (entry.reference !== null) this.byReference.set(entry.reference, entry);
    this.touched.add(entry);
  }

  /** The refund's own stream and the original's reservation come together or not at all. */
  private checkRefund(refund: Entry, originalId: string): void {
    const original = this.entries.get(originalId);
    const isReserved = original?.operations.has(refund.id) === true;
    hold(isReserved, 'M2', () => `refund ${refund.id} was never reserved on ${originalId}`);
    hold(original!.amount.currency === refund.amount.currency, 'M8', () => `refund ${refund.id}`);
    const reserved = this.reserved.get(refund.id);
    const isSame = reserved === refund.amount.minor;
    hold(
      isSame,
      'M2',
      () => `${refund.id} is of ${refund.amount.minor}, reserved ${reserved ?? 0}`,
    );
    this.reserved.delete(refund.id);
  }

  private apply(entry: Entry, type: string, data: Data): void {
    if (typeof data['operationId'] === 'string') entry.operations.add(data['operationId']);
    switch (type) {
      case 'PaymentAuthorized':
        hold(entry.status === null, 'M12', () => `${entry.id} is authorised after its outcome`);
        entry.authorizationNumber = data['authorizationNumber'] as string;
        return;
      case 'PaymentAccepted':
      case 'RefundAccepted':
        hold(entry.status === null, 'M5', () => `${entry.id} is accepted after its outcome`);
        entry.acceptedOn = data['businessDay'] as string;
        entry.plannedDate = data['plannedDate'] as string;
        entry.status = 'ACCEPTED';
        entry.acquirer = entry.isAuthorizationOnly ? 'AWAITING_CAPTURE' : 'TO_SEND';
        return;
      case 'PaymentRefused':
        hold(
          entry.status === null || (entry.isUnknown && entry.isReversed),
          'M12',
          () => `${entry.id} is refused without an outcome or a reversal`,
        );
        entry.status = 'REFUSED';
        entry.acquirer = 'NOT_APPLICABLE';
        entry.isUnknown = false;
        return;
      case 'AuthorizationOutcomeUnknown':
        hold(entry.status === null, 'M12', () => `${entry.id} becomes unknown after its outcome`);
        entry.status = 'PENDING';
        entry.acquirer = 'AWAITING_CONFIRMATION';
        entry.isUnknown = entry.wasUnknown = true;
        return;
      case 'AuthorizationReversed':
        hold(entry.isUnknown, 'M12', () => `${entry.id} is reversed though it was not unknown`);
        entry.isReversed = true;
        return;
      default:
        this.operate(entry, type, data);
    }
  }

  private operate(entry: Entry, type: string, data: Data): void {
    switch (type) {
      case 'TransactionCaptured': {
        const { minor } = amountIn(entry, data);
        hold(
          entry.acquirer === 'AWAITING_CAPTURE' && !entry.isCaptured,
          'M1',
          () => `${entry.id} is captured as ${entry.acquirer}`,
        );
        hold(
          minor > 0 && minor <= entry.amount.minor,
          'M1',
          () => `${entry.id} is captured for ${minor} of ${entry.amount.minor}`,
        );
        this.checkWindow(entry, data);
        entry.isCaptured = true;
        entry.debitedMinor = minor;
        entry.acquirer = 'TO_SEND';
        return;
      }
      case 'TransactionCancelled': {
        const { minor } = amountIn(entry, data);
        const isToSend = entry.type === 'DEBIT' && entry.acquirer === 'TO_SEND';
        hold(
          isToSend && entry.sendingId === null,
          'M3',
          () => `${entry.id} is cancelled as ${entry.type} ${entry.acquirer}`,
        );
        hold(
          minor === entry.debitedMinor && entry.refundedMinor === 0,
          'M3',
          () => `${entry.id} is cancelled for ${minor} of ${entry.debitedMinor}`,
        );
        this.checkWindow(entry, data);
        entry.type = 'CANCELLATION';
        return;
      }
      case 'TransactionRefunded': {
        const { minor } = amountIn(entry, data);
        entry.operations.add(data['refundId'] as string);
        this.reserved.set(data['refundId'] as string, minor);
        entry.refundedMinor += minor;
        const isSent = entry.type === 'DEBIT' && entry.acquirer === 'SENT';
        hold(isSent, 'M2', () => `${entry.id} is refunded as ${entry.type} ${entry.acquirer}`);
        hold(
          minor > 0 && entry.refundedMinor <= entry.debitedMinor,
          'M2',
          () => `${entry.id} is refunded for ${entry.refundedMinor} of ${entry.debitedMinor}`,
        );
        this.checkWindow(entry, data);
        return;
      }
      default:
        this.change(entry, type, data);
    }
  }

  private change(entry: Entry, type: string, data: Data): void {
    switch (type) {
      case 'TransactionModified': {
        const { minor } = amountIn(entry, data);
        hold(minor > 0 && minor <= entry.debitedMinor, 'M1', () => `${entry.id} grows to ${minor}`);
        entry.debitedMinor = minor;
        entry.plannedDate = data['plannedDate'] as string;
        return;
      }
      case 'SendingRequested':
        entry.sendingId = data['sendingId'] as string;
        entry.operations.add(entry.sendingId);
        return;
      default:
        this.send(entry, type, data);
    }
  }

  private send(entry: Entry, type: string, data: Data): void {
    switch (type) {
      case 'TransactionSentToBank': {
        const held = entry.remittances.filter(({ isRejected }) => !isRejected);
        hold(held.length === 0, 'M6', () => `${entry.id} is put into a second remittance`);
        hold(entry.acquirer === 'TO_SEND', 'M6', () => `${entry.id} is sent as ${entry.acquirer}`);
        entry.remittances.push({ id: data['remittanceId'] as string, isRejected: false });
        entry.acquirer = 'SENT';
        entry.sendingId = null;
        return;
      }
      case 'TransactionSetAside': {
        hold(
          entry.type !== 'CANCELLATION',
          'M5',
          () => `the cancellation ${entry.id} is set aside`,
        );
        const line = entry.remittances.find(({ id }) => id === data['remittanceId']);
        if (data['reason'] === 'line-rejected') {
          hold(line !== undefined, 'M6', () => `${entry.id} is rejected by a stranger`);
          line!.isRejected = true;
        }
        entry.acquirer = 'SET_ASIDE';
        entry.sendingId = null;
        return;
      }
      case 'TransactionPutBack':
        hold(
          entry.acquirer === 'SET_ASIDE',
          'M5',
          () => `${entry.id} is put back from ${entry.acquirer}`,
        );
        entry.acquirer = 'TO_SEND';
        entry.plannedDate = data['plannedDate'] as string;
        return;
      default:
    }
  }

  private checkWindow(entry: Entry, data: Data): void {
    const days = daysFrom(entry.acceptedOn ?? '1970-01-01', data['businessDay'] as string);
    hold(days <= WINDOW_DAYS, 'M4', () => `${entry.id} is operated on after ${days} days`);
  }
}

function amountIn(entry: Entry, data: Data): Money {
  const money = moneyOf(data['amount']);
  hold(money.currency === entry.amount.currency, 'M8', () => `${entry.id} has ${money.currency}`);
  return money;
}
