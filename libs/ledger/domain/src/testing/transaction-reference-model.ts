/**
 * A second, plain reading of the state model, written from its tables alone: days are whole numbers,
 * amounts whole cents, everything is mutable. It imports nothing, so that it shares no mistake with
 * the decisions it is compared to.
 */
export type ModelCommand = {
  readonly kind:
    | 'authorize'
    | 'refuse'
    | 'wait'
    | 'lose'
    | 'reverse'
    | 'abandon'
    | 'confirm'
    | 'capture'
    | 'cancel'
    | 'refund'
    | 'complete-refund'
    | 'release-refund'
    | 'modify'
    | 'send'
    | 'collect'
    | 'keep-out'
    | 'reject'
    | 'put-back'
    | 'validate';
  /** Days since the payment was requested. */
  readonly day: number;
  readonly id: string;
  readonly remittance: string;
  readonly amount: number | null;
  /** Days from today to the planned date asked for; null leaves it. */
  readonly plannedIn: number | null;
  readonly isPending: boolean;
  readonly isActive: boolean;
  readonly isSupported: boolean;
  readonly acknowledges: boolean;
};

type Done = { readonly what: string; readonly amount: number; readonly day: number; same: string };

const WINDOW = 75;
const VALIDITY = 7;

export class TransactionModel {
  type: 'DEBIT' | 'CANCELLATION' = 'DEBIT';
  status: 'ACCEPTED' | 'REFUSED' | 'PENDING' | 'ABANDONED' | null = null;
  acquirer = 'NOT_APPLICABLE';
  debited: number;
  isUnknown = false;
  wasUnknown = false;
  hasAuthorization = false;
  captured: number | null = null;
  accepted = 0;
  authorized = 0;
  planned = 0;
  sending: string | null = null;
  readonly remittances: string[] = [];
  readonly refunds = new Map<string, { amount: number; state: 'started' | 'done' | 'failed' }>();
  readonly done = new Map<string, Done>();

  constructor(
    readonly initial: number,
    readonly isAuthorizationOnly: boolean,
    readonly deferral: number,
  ) {
    this.debited = initial;
  }

  sum(state: 'started' | 'done'): number {
    let total = 0;
    for (const refund of this.refunds.values()) if (refund.state === state) total += refund.amount;
    return total;
  }
  get isSent(): boolean {
    return this.type === 'DEBIT' && this.acquirer === 'SENT';
  }
  get refundable(): number {
    return this.isSent ? this.debited - this.sum('done') - this.sum('started') : 0;
  }
  get current(): number {
    if (this.type === 'CANCELLATION') return 0;
    if (this.status !== 'ACCEPTED' || this.acquirer === 'AWAITING_CAPTURE') return this.initial;
    return this.debited - this.sum('done');
  }

  /** What the command leads to: 'done', 'nothing' for a repetition, or the code of a refusal. */
  step(command: ModelCommand): string {
    const repeated = this.repetition(command);
    if (repeated !== null) return repeated;
    switch (command.kind) {
      case 'authorize':
      case 'refuse':
      case 'wait':
      case 'lose':
      case 'abandon':
        return this.decideOutcome(command);
      case 'reverse':
        if (this.wasUnknown && this.status === 'REFUSED') return 'nothing';
        if (!this.isUnknown) return 'outcome-not-unknown';
        this.isUnknown = false;
        return this.become('REFUSED', 'NOT_APPLICABLE');
      case 'confirm':
        return this.confirm(command);
      case 'complete-refund':
      case 'release-refund':
        return this.settle(command);
      case 'collect':
      case 'keep-out':
      case 'reject':
      case 'put-back':
        return this.goToBank(command);
      default:
        return this.operate(command);
    }
  }

  private become(status: 'ACCEPTED' | 'REFUSED' | 'PENDING' | 'ABANDONED', acquirer: string) {
    this.status = status;
    this.acquirer = acquirer;
    return 'done';
  }

  private remember({ id }: ModelCommand, what: string, amount = 0, day = 0, same = ''): string {
    this.done.set(id, { what, amount, day, same });
    return 'done';
  }

  private repetition(command: ModelCommand): string | null {
    const { kind, id, amount, plannedIn, day } = command;
    const operations = [
      'confirm',
      'capture',
      'cancel',
      'refund',
      'modify',
      'send',
      'put-back',
      'validate',
    ];
    const earlier = operations.includes(kind) ? this.done.get(id) : undefined;
    if (earlier === undefined) return null;
    const { what } = earlier;
    let isSame = what === kind;
    if (kind === 'validate') {
      isSame = what === 'confirm' || (what === 'capture' && earlier.amount === this.initial);
    }
    // A capture or a refund always names its amount; null stands for the smallest one.
    if (kind === 'capture' || kind === 'refund') isSame &&= earlier.amount === (amount ?? 1);
    if (kind === 'modify') {
      isSame &&= amount === null ? earlier.same.includes('amount') : amount === earlier.amount;
      isSame &&=
        plannedIn === null ? earlier.same.includes('day') : day + plannedIn === earlier.day;
    }
    return isSame ? 'nothing' : 'id-reused';
  }

  private decideOutcome({ kind, day }: ModelCommand): string {
    if (kind === 'authorize' && this.hasAuthorization) return 'nothing';
    if (kind === 'refuse' && this.status === 'REFUSED' && !this.wasUnknown) return 'nothing';
    if (kind === 'lose' && this.isUnknown) return 'nothing';
    if (kind === 'wait' && this.status === 'PENDING' && !this.isUnknown) return 'nothing';
    if (kind === 'abandon' && this.status === 'ABANDONED') return 'nothing';
    if (this.isUnknown) return 'outcome-unknown';
    if (this.status === 'PENDING') return 'awaiting-confirmation';
    if (this.status !== null) return 'outcome-already-recorded';
    switch (kind) {
      case 'authorize':
        this.hasAuthorization = true;
        this.accept(day);
        if (this.isAuthorizationOnly) this.debited = 0;
        return this.become('ACCEPTED', this.isAuthorizationOnly ? 'AWAITING_CAPTURE' : 'TO_SEND');
      case 'refuse':
        return this.become('REFUSED', 'NOT_APPLICABLE');
      case 'abandon':
        return this.become('ABANDONED', 'NOT_APPLICABLE');
      case 'lose':
        this.isUnknown = true;
        this.wasUnknown = true;
        return this.become('PENDING', 'AWAITING_CONFIRMATION');
      default:
        return this.become('PENDING', 'AWAITING_CONFIRMATION');
    }
  }

  private accept(day: number): void {
    this.accepted = day;
    this.authorized = day;
    this.planned = day + this.deferral;
  }

  private confirm(command: ModelCommand): string {
    if (this.status === null) return 'authorization-in-progress';
    if (this.isUnknown) return 'outcome-unknown';
    if (this.status !== 'PENDING') return 'outcome-already-recorded';
    return this.release(command);
  }

  private release(command: ModelCommand): string {
    this.accept(command.day);
    this.become('ACCEPTED', 'TO_SEND');
    return this.remember(command, 'confirm');
  }

  private settle({ kind, id }: ModelCommand): string {
    const refund = this.refunds.get(id);
    if (refund === undefined) return 'refund-unknown';
    if (refund.state !== 'started') return 'nothing';
    refund.state = kind === 'complete-refund' ? 'done' : 'failed';
    return 'done';
  }

  private goToBank(command: ModelCommand): string {
    const { kind, remittance, day, isActive } = command;
    const isToSend = this.acquirer === 'TO_SEND';
    const last = this.remittances.at(-1);
    if (kind === 'collect') {
      if (this.remittances.includes(remittance)) return 'nothing';
      if (this.acquirer === 'SENT') return 'already-sent';
      if (!isToSend) return 'not-to-send';
      if (this.sending === null && this.planned > day) return 'not-due';
      this.remittances.push(remittance);
      this.sending = null;
      this.acquirer = 'SENT';
      return 'done';
    }
    if (kind === 'put-back') {
      if (this.acquirer !== 'SET_ASIDE') return 'not-set-aside';
      if (!isActive) return 'contract-inactive';
      this.planned = Math.max(this.planned, day);
      this.acquirer = 'TO_SEND';
      return this.remember(command, 'put-back');
    }
    if (this.type === 'CANCELLATION') return 'is-cancellation';
    if (kind === 'keep-out') {
      if (this.acquirer === 'SET_ASIDE') return 'nothing';
      if (!isToSend) return 'not-to-send';
    } else {
      if (!this.remittances.includes(remittance)) return 'not-in-remittance';
      if (this.acquirer !== 'SENT' || last !== remittance) return 'nothing';
    }
    this.sending = null;
    this.acquirer = 'SET_ASIDE';
    return 'done';
  }

  /** The acquirer status each operation needs (the table of the state model, section 3). */
  private standing(kind: ModelCommand['kind']): string | null {
    const wanted = { refund: 'SENT', capture: 'AWAITING_CAPTURE' }[kind as string] ?? 'TO_SEND';
    if (this.sending !== null) return 'operation-in-progress';
    if (this.status === null) return 'authorization-in-progress';
    if (this.isUnknown) return 'outcome-unknown';
    if (this.type === 'CANCELLATION') return 'already-cancelled';
    if (this.status === 'REFUSED' || this.status === 'ABANDONED') return 'not-accepted';
    if (kind === 'validate') {
      const isOpen = this.acquirer === 'AWAITING_CAPTURE' || this.status === 'PENDING';
      return isOpen ? null : 'nothing-to-validate';
    }
    if (this.status === 'PENDING') return 'awaiting-confirmation';
    if (this.acquirer === wanted) return null;
    if (kind === 'capture')
      return this.captured === null ? 'nothing-to-capture' : 'already-captured';
    if (this.acquirer === 'AWAITING_CAPTURE') return 'awaiting-capture';
    if (this.acquirer === 'SET_ASIDE') return 'set-aside';
    return this.acquirer === 'SENT' ? 'already-sent' : 'not-sent-yet';
  }

  private operate(command: ModelCommand): string {
    const { kind, day, isActive, isSupported, acknowledges } = command;
    const hasRefunds = this.sum('done') + this.sum('started') > 0;
    const standing = this.standing(kind);
    if (standing !== null) return standing;
    if (kind === 'cancel' && hasRefunds) return 'has-refunds';
    if (!isActive) return 'contract-inactive';
    if (!isSupported) return 'means-cannot';
    if (kind === 'validate' && this.status === 'PENDING') return this.release(command);
    const hasWindow = ['refund', 'cancel', 'capture', 'validate'].includes(kind);
    if (hasWindow && day - this.accepted > WINDOW) return 'window-closed';
    if (kind === 'refund') return this.refund(command);
    if (kind === 'modify') return this.modify(command, hasRefunds);
    if (kind === 'cancel') {
      this.type = 'CANCELLATION';
      return this.remember(command, 'cancel');
    }
    const amount = kind === 'validate' ? this.initial : (command.amount ?? 1);
    if (kind !== 'send' && amount <= 0) return 'amount-not-positive';
    if (kind !== 'send' && amount > this.initial) return 'capture-exceeds-authorized';
    if (!acknowledges && day - this.authorized > VALIDITY) return 'confirmation-required';
    if (kind === 'send') {
      this.sending = command.id;
      return this.remember(command, 'send');
    }
    this.captured = amount;
    this.debited = amount;
    this.acquirer = 'TO_SEND';
    return this.remember(command, 'capture', amount);
  }

  private refund(command: ModelCommand): string {
    const amount = command.amount ?? 1;
    if (amount <= 0) return 'amount-not-positive';
    if (amount > this.refundable) return 'refund-exceeds-remainder';
    this.refunds.set(command.id, { amount, state: command.isPending ? 'started' : 'done' });
    return this.remember(command, 'refund', amount);
  }

  private modify(command: ModelCommand, hasRefunds: boolean): string {
    const { plannedIn, day } = command;
    const amount = command.amount ?? this.debited;
    const planned = plannedIn === null ? this.planned : day + plannedIn;
    if (amount <= 0) return 'amount-not-positive';
    if (amount > this.debited) return 'amount-exceeds-current';
    if (hasRefunds && amount < this.debited) return 'has-refunds';
    const isOut = planned < day || planned > day + 7;
    if (planned !== this.planned && isOut) return 'planned-date-out-of-range';
    const same = `${amount === this.debited ? 'amount' : ''} ${planned === this.planned ? 'day' : ''}`;
    if (same === 'amount day') return 'nothing-to-modify';
    this.debited = amount;
    this.planned = planned;
    return this.remember(command, 'modify', amount, planned, same);
  }
}
