import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  businessDayOf,
  type Decision,
  fold,
  type Instant,
  invariant,
  isRefused,
} from '@encaisse/kernel';
import {
  cancelTransaction,
  captureTransaction,
  LIMITS,
  type Limits,
  modifyTransaction,
  openRefund,
  type RefundTransaction,
  refundTransaction,
  requestSending,
  type Transaction,
  type TransactionEvent,
  transactionStream,
  transactionSummary,
  validateTransaction,
} from '@encaisse/ledger/domain';
import { Clock } from '@encaisse/platform/clock';
import { decodeEvent, Streams } from '@encaisse/platform/event-store';
import { orProblem, problemOf } from '@encaisse/platform/http';
import {
  Metrics,
  type Settings,
  SETTINGS_TOKEN,
  TransactionNumbers,
} from '@encaisse/platform/runtime';
import { CashdeskDirectory } from '../cashdesk-directory';
import { type DecidedRefund, RefundOpener } from '../refund/refund-opener';
import {
  type CashOperation,
  CashOperationCommand,
  type CashOperationResult,
} from './cash-operation.command';
import { CASH_PROBLEMS, type CashRefusal, detailOf } from './refusals';

type SingleStreamOperation = Exclude<CashOperation, { kind: 'refund' }>;
type RefundOperation = Extract<CashOperation, { kind: 'refund' }>;

/** The original and the refund afterwards, null when it was done before. */
type RefundRecorded = {
  readonly position: number;
  readonly after: readonly [Transaction, Transaction] | null;
};

/** Carries out cash operations: visible, allowed by the decider, recorded, answered. */
@CommandHandler(CashOperationCommand)
export class CashOperationHandler implements ICommandHandler<CashOperationCommand> {
  private readonly limits: Limits;
  private readonly done;

  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly directory: CashdeskDirectory,
    private readonly numbers: TransactionNumbers,
    private readonly opener: RefundOpener,
    @Inject(SETTINGS_TOKEN) settings: Settings,
    metrics: Metrics,
  ) {
    const { cashOperationWindowDays, authorizationValidityDays } = settings;
    this.limits = { ...LIMITS, cashOperationWindowDays, authorizationValidityDays };
    this.done = metrics.counter('encaisse_cash_operations_total', 'Cash operations by kind', [
      'operation',
    ]);
  }

  async execute(command: CashOperationCommand): Promise<CashOperationResult> {
    const { operation } = command;
    const result =
      operation.kind === 'refund'
        ? await this.refund(operation, command)
        : await this.decideOne(operation, command);
    this.done.inc({ operation: operation.kind });
    return result;
  }

  private async decideOne(
    operation: SingleStreamOperation,
    { caller, metadata, beside }: CashOperationCommand,
  ): Promise<CashOperationResult> {
    const { transactionId } = operation;
    const at = this.clock.now();
    let before: Transaction = transactionStream.initial;
    const result = await this.streams.decide(
      transactionStream,
      transactionId,
      (state): Decision<TransactionEvent, CashRefusal> => {
        this.directory.assertVisible(state, caller);
        before = state;
        return this.decide(operation, state, at);
      },
      metadata,
      beside,
    );
    const events = orProblem(result.decision, CASH_PROBLEMS, detailOf);
    const { position, isReplay } = result;
    if (isReplay) return this.firstResult(operation, position);
    const transaction = summaryOf(events.reduce(transactionStream.evolve, before));
    return { transaction, refund: null, position, isReplay };
  }

  private decide(
    operation: SingleStreamOperation,
    state: Transaction,
    at: Instant,
  ): Decision<TransactionEvent, CashRefusal> {
    const { transactionId, operationId } = operation;
    const common = { transactionId, operationId, at, ...this.factsOf(operation.kind, state) };
    switch (operation.kind) {
      case 'capture': {
        const authorized = state.kind === 'debit' ? state.request.amount : operation.amount;
        const amount = operation.amount ?? authorized;
        invariant(amount, 'a visible transaction has an amount');
        const { acknowledgeStaleAuthorization } = operation;
        const command = { ...common, amount, acknowledgeStaleAuthorization };
        return captureTransaction(command, state, this.limits);
      }
      case 'cancel':
        return cancelTransaction(common, state, this.limits);
      case 'send': {
        const { acknowledgeStaleAuthorization } = operation;
        const command = { ...common, sendingId: operationId, acknowledgeStaleAuthorization };
        return requestSending(command, state, this.limits);
      }
      case 'modify': {
        const { amount, plannedDate } = operation;
        return modifyTransaction({ ...common, amount, plannedDate }, state, this.limits);
      }
      case 'validate': {
        const { acknowledgeStaleAuthorization } = operation;
        return validateTransaction(
          { ...common, acknowledgeStaleAuthorization },
          state,
          this.limits,
        );
      }
    }
  }

  private async refund(
    operation: RefundOperation,
    command: CashOperationCommand,
  ): Promise<CashOperationResult> {
    const { transactionId, operationId: refundId } = operation;
    const { position, after } = this.streams.capabilities.isAtomicAcrossStreams
      ? await this.refundTogether(operation, command)
      : await this.refundInTurn(operation, command);
    if (after === null)
      return this.firstResult({ transactionId, operationId: refundId }, position, refundId);
    const [original, refund] = after;
    const transaction = summaryOf(original);
    return { transaction, refund: summaryOf(refund), position, isReplay: false };
  }

  /** The original and the refund's own stream are written together, or neither (D3). */
  private async refundTogether(
    { transactionId, operationId: refundId, amount }: RefundOperation,
    { caller, metadata, beside }: CashOperationCommand,
  ): Promise<RefundRecorded> {
    const at = this.clock.now();
    const transactionNumber = await this.numbers.next();
    let after: RefundRecorded['after'] = null;
    const result = await this.streams.decideMany(
      [
        { stream: transactionStream, id: transactionId },
        { stream: transactionStream, id: refundId },
      ] as const,
      ([original, refund]) => {
        this.directory.assertVisible(original, caller);
        const decision = this.decideRefund({ transactionId, refundId, amount, at }, original);
        if (isRefused(decision)) return decision;
        const isRepeat = decision.accepted.length === 0;
        if (isRepeat) return { accepted: [[], []] as const };
        if (refund.kind !== 'none' || original.kind !== 'debit')
          return { refused: { code: 'id-reused' } as const };
        const opening = openRefund(
          { refundId, transactionNumber, amount, outcome: 'accepted', at },
          original,
        );
        after = [
          decision.accepted.reduce<Transaction>(transactionStream.evolve, original),
          fold(transactionStream, opening),
        ];
        return { accepted: [decision.accepted, opening] as const };
      },
      metadata,
      beside,
    );
    orRefusal(result.decision);
    return { position: result.position, after: result.isReplay ? null : after };
  }

  /**
   * Where the store records in one stream at a time the original's event decides and reserves; the
   * refund's own stream is opened from it, here or after a crash by its consumer (D4).
   */
  private async refundInTurn(
    { transactionId, operationId: refundId, amount }: RefundOperation,
    { caller, metadata, beside }: CashOperationCommand,
  ): Promise<RefundRecorded> {
    const at = this.clock.now();
    const { state: own } = await this.streams.load(transactionStream, refundId);
    let before: Transaction = transactionStream.initial;
    const result = await this.streams.decide(
      transactionStream,
      transactionId,
      (original): Decision<TransactionEvent, CashRefusal> => {
        this.directory.assertVisible(original, caller);
        before = original;
        const decision = this.decideRefund({ transactionId, refundId, amount, at }, original);
        if (isRefused(decision) || decision.accepted.length === 0) return decision;
        return own.kind === 'none' && original.kind === 'debit'
          ? decision
          : { refused: { code: 'id-reused' } };
      },
      metadata,
      beside,
    );
    const events = orProblem(result.decision, CASH_PROBLEMS, detailOf);
    invariant(before.kind === 'debit', 'a refunded transaction is a debit');
    const businessDay = businessDayOf(at);
    const decided = result.isReplay
      ? await this.decidedBefore(transactionId, refundId)
      : { transactionId, refundId, amount, refundedAt: at, businessDay };
    const { refund, position } = await this.opener.open(decided, before, metadata);
    const original = events.reduce(transactionStream.evolve, before);
    return {
      position: Math.max(position, result.position),
      after: result.isReplay ? null : [original, refund],
    };
  }

  private decideRefund(
    refund: Pick<RefundTransaction, 'transactionId' | 'refundId' | 'amount' | 'at'>,
    original: Transaction,
  ) {
    const facts = this.factsOf('refund', original);
    return refundTransaction({ ...refund, outcome: 'accepted', ...facts }, original, this.limits);
  }

  private async decidedBefore(transactionId: string, refundId: string): Promise<DecidedRefund> {
    const { events } = await this.streams.load(transactionStream, transactionId);
    for (const recorded of events) {
      const event: TransactionEvent = decodeEvent(transactionStream, recorded);
      if (event.type === 'TransactionRefunded' && event.data.refundId === refundId)
        return event.data;
    }
    throw new Error(`${transactionId} holds no decision of the refund ${refundId}`);
  }

  /** What the first try of an operation answered: the stream as its event left it. */
  private async firstResult(
    { transactionId, operationId }: { transactionId: string; operationId: string },
    position: number,
    refundId?: string,
  ): Promise<CashOperationResult> {
    const { events } = await this.streams.load(transactionStream, transactionId);
    const done = events.findIndex(({ data }) => isOf(data, operationId));
    const upTo = events
      .slice(0, done < 0 ? events.length : done + 1)
      .map((event) => decodeEvent(transactionStream, event));
    const transaction = summaryOf(fold(transactionStream, upTo));
    const refund = refundId === undefined ? null : await this.openingOf(refundId);
    return { transaction, refund, position, isReplay: true };
  }

  private async openingOf(refundId: string) {
    const { events } = await this.streams.load(transactionStream, refundId);
    const opening = events.slice(0, 2).map((event) => decodeEvent(transactionStream, event));
    return summaryOf(fold(transactionStream, opening));
  }

  private factsOf(operation: CashOperation['kind'], state: Transaction) {
    if (state.kind === 'none') return { isContractActive: false, isSupportedByMeans: false };
    const place = state.kind === 'refused-cancellation' ? state.entry : state.request;
    return {
      isContractActive: this.directory.isContractActive(place.contractId),
      isSupportedByMeans: this.directory.supportedOperations(place.paymentMeans).has(operation),
    };
  }
}

function orRefusal(decision: object): void {
  if ('refused' in decision)
    throw problemOf(decision.refused as CashRefusal, CASH_PROBLEMS, detailOf);
}

function isOf(data: object, operationId: string): boolean {
  const ids = data as { operationId?: string; sendingId?: string; refundId?: string };
  return [ids.operationId, ids.sendingId, ids.refundId].includes(operationId);
}

function summaryOf(state: Transaction) {
  const summary = transactionSummary(state);
  invariant(summary, 'an operated transaction has its place in the table of triples');
  return summary;
}
