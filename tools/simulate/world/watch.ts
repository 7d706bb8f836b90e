import { createHash } from 'node:crypto';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import type { AuthorizationDemand, SimulatedAcquirer } from './acquirer';
import { BlockedCardBook } from './blocked-card-book';
import type { Answer } from './client';
import { hold } from './findings';
import { LedgerBook } from './ledger-book';
import { RemittanceBook } from './remittance-book';
import type { AnswerWatcher } from './trade';

const TRANSACTION = 'ledger.transaction-';
const REMITTANCE = 'remittance.';
const CONTRACT = 'onboarding.contract-';
const NODE = 'onboarding.node-';
const BLOCKED_CARD = 'authorization.blocked_card-';

/** Watches everything that is committed and everything that is answered, and keeps books of its own. */
export class Watch {
  readonly ledger = new LedgerBook();
  readonly remittances = new RemittanceBook();
  readonly blockedCards = new BlockedCardBook();
  /** Chunks of mass operations: asked for, and done how often. */
  readonly chunks = new Map<string, number>();
  readonly inactiveContracts = new Set<string>();
  private readonly digest = createHash('sha256');
  private readonly versions = new Map<string, number>();
  private readonly answers = new Map<string, Answer>();
  private readonly bodies: string[] = [];
  private lastRecordedAt = '';

  constructor(private readonly acquirer: SimulatedAcquirer) {
    acquirer.onAsked = (demand) => this.checkIntent(demand);
  }

  /** Every commit, in order. */
  committed(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      this.checkPlace(event);
      const body = JSON.stringify(event);
      this.bodies.push(body);
      this.digest.update(body);
      if (event.streamId.startsWith(TRANSACTION)) this.readTransaction(event);
      else if (event.streamId.startsWith(REMITTANCE)) this.remittances.read(event);
      else if (event.streamId.startsWith(CONTRACT)) this.readContract(event);
      else if (event.streamId.startsWith(NODE)) this.blockedCards.open(event);
      else if (event.streamId.startsWith(BLOCKED_CARD)) this.blockedCards.read(event);
      else this.readMassOperation(event);
    }
    this.ledger.checkTouched();
    this.blockedCards.check(events);
  }

  /** Every definite answer. */
  readonly answered: AnswerWatcher = ({ request, answer, transactionId, ...repetition }) => {
    const first = this.answers.get(request.id);
    if (repetition.isOtherContent) {
      const isRefused = answer.kind === 'refused';
      hold(isRefused, 'L3', () => `${request.id} took other content: ${JSON.stringify(answer)}`);
      return;
    }
    if (answer.kind === 'done') this.checkDurable(request.name, request.id, transactionId, answer);
    if (!repetition.isRepetition) this.answers.set(request.id, answer);
    else if (first?.kind === 'done') {
      const isSame = answer.kind === 'done' && answer.body === first.body;
      const isFixed = ANSWERS_ONCE.has(request.name);
      hold(
        !isFixed || isSame,
        'L3',
        () =>
          `${request.name} ${request.id} first answered ${first.body}, then ${JSON.stringify(answer)}`,
      );
    }
  };

  /** SHA-256 of the whole log as it stands, hexadecimal. */
  hash(): string {
    return this.digest.copy().digest('hex');
  }

  /** The log as it can be read now is the log that was committed. */
  checkUnchanged(events: readonly RecordedEvent[]): void {
    hold(events.length === this.bodies.length, 'L5', () => `${events.length} events are left`);
    for (const [index, event] of events.entries())
      hold(JSON.stringify(event) === this.bodies[index], 'L5', () => `event ${index + 1} changed`);
  }

  /** The acquirer's book against the ledger, once everything is settled. */
  checkAuthorizations(): void {
    for (const booked of this.acquirer.book.values()) {
      const entry = this.ledger.byReference.get(booked.reference);
      const isApproved = booked.responseCode === '00';
      const isAuthorized = entry?.authorizationNumber !== null;
      hold(booked.approvals <= 1, 'M12', () => `${booked.reference} is authorised twice`);
      const isLive = isApproved && !booked.isReversed;
      hold(
        isLive === isAuthorized,
        'M12',
        () =>
          `${entry?.id ?? '?'} is ${entry?.status ?? '?'}, its authorisation ${isLive ? 'lives' : 'does not'}`,
      );
      if (!isAuthorized || entry === undefined) continue;
      hold(
        entry.authorizationNumber === booked.authorizationNumber,
        'M12',
        () => `${entry.id} bears another authorisation`,
      );
      hold(
        entry.amount.minor === booked.amountMinor,
        'M12',
        () => `${entry.id} was authorised for another amount`,
      );
    }
  }

  private checkPlace({ position, streamId, version, recordedAt }: RecordedEvent): void {
    hold(
      position === this.bodies.length + 1,
      'L2',
      () => `position ${position} after ${this.bodies.length}`,
    );
    const before = this.versions.get(streamId) ?? -1;
    hold(version === before + 1, 'L2', () => `version ${version} of ${streamId} after ${before}`);
    this.versions.set(streamId, version);
    hold(
      recordedAt >= this.lastRecordedAt,
      'L7',
      () => `${recordedAt} after ${this.lastRecordedAt}`,
    );
    this.lastRecordedAt = recordedAt;
  }

  private readTransaction(event: RecordedEvent): void {
    this.ledger.read(event);
    if (event.type !== 'TransactionSentToBank') return;
    const data = event.data as { readonly transactionId: string; readonly remittanceId: string };
    this.remittances.addMember(data.remittanceId, this.ledger.entries.get(data.transactionId)!);
  }

  private readContract({ type, data }: RecordedEvent): void {
    const { contractId } = data as { readonly contractId: string };
    if (type === 'ContractDeactivated') this.inactiveContracts.add(contractId);
    if (type === 'ContractActivated') this.inactiveContracts.delete(contractId);
  }

  private readMassOperation({ type, data }: RecordedEvent): void {
    const { massOperationId, chunk } = data as { massOperationId: string; chunk: number };
    const key = `${massOperationId}/${chunk}`;
    if (type === 'MassOperationSelected') this.chunks.set(key, 0);
    if (type !== 'MassOperationChunkDone') return;
    const times = (this.chunks.get(key) ?? -1) + 1;
    hold(times === 1, 'P5', () => `chunk ${key} is done ${times} times`);
    this.chunks.set(key, times);
  }

  private checkIntent({ reference, amountMinor }: AuthorizationDemand): void {
    const entry = this.ledger.byReference.get(reference);
    hold(
      entry !== undefined,
      'M12',
      () => `the acquirer is asked about ${reference}, recorded nowhere`,
    );
    hold(
      entry!.amount.minor === amountMinor,
      'M12',
      () => `${entry!.id} is asked for another amount`,
    );
  }

  private checkDurable(
    name: string,
    id: string,
    transactionId: string | null,
    answer: Answer,
  ): void {
    if (answer.kind !== 'done') return;
    if (name === 'pay') {
      const { status } = JSON.parse(answer.body) as { readonly status: string };
      const entry = this.ledger.entries.get(id);
      const isThere = entry !== undefined && (entry.status === status || status === 'PENDING');
      hold(
        isThere,
        'L1',
        () => `${id} was answered ${status}, the log says ${entry?.status ?? 'nothing'}`,
      );
    } else if (ANSWERS_ONCE.has(name) && transactionId !== null) {
      const isThere = this.ledger.entries.get(transactionId)?.operations.has(id) === true;
      hold(isThere, 'L1', () => `${name} ${id} was acknowledged and is not in the log`);
    }
  }
}

/** Requests whose repetition answers exactly as the first time. */
const ANSWERS_ONCE = new Set(['capture', 'cancel', 'refund', 'send', 'modify', 'validate']);
