import { Inject, Injectable } from '@nestjs/common';
import {
  interruptAuthorization,
  recordLateAnswer,
  settleUnknownOutcome,
  type Transaction,
  transactionStream,
} from '@encaisse/ledger/domain';
import { isRefused } from '@encaisse/kernel';
import { type Alarm, Clock, Timers } from '@encaisse/platform/clock';
import { Streams } from '@encaisse/platform/event-store';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';
import {
  type Logger,
  LOGGER_TOKEN,
  type Settings,
  SETTINGS_TOKEN,
  type Turn,
  type Worker,
  Workers,
} from '@encaisse/platform/runtime';
import { CardVault } from '@encaisse/platform/security';
import { AcquirerGateway, type LateAnswer } from '../acquirer/acquirer-gateway';
import { causedBy } from '../system-metadata';
import { type UnsettledPayments, unsettledPaymentsReference } from './unsettled-payments';

const SCAN_MILLIS = 1000;
const FIRST_PAUSE_MILLIS = 250;
const LONGEST_PAUSE_MILLIS = 30_000;
/**
 * An intent seen without an outcome for so much longer than the acquirer's time-out belongs to a process
 * that died: a live one asks within the time-out or not at all.
 */
const INTERRUPTED_AFTER_MILLIS = 3000;
const LATE_ANSWER_TRIES = 5;

/**
 * Ends every unknown outcome by a reversal repeated until it is answered (D13), including those a crash
 * left behind: an intent without outcome is never sent again.
 */
@Injectable()
export class UnknownSettler implements Worker {
  readonly name = 'authorization.unknown-settler';
  readonly isExclusive = true;
  /** Told by the authoriser: a payment of this process that is still waiting for its answer. */
  isInFlight: (transactionId: string) => boolean = () => false;
  private readonly view: ReferenceView<UnsettledPayments>;
  private readonly settling = new Map<string, Promise<void>>();
  /**
   * When this copy first saw a payment without an outcome, on its monotonic clock. Its wall clock may
   * differ from the store's, and would take the payments of other copies for abandoned ones.
   */
  private readonly seenAt = new Map<string, number>();
  private looking: Alarm | undefined;
  private isRunning = false;
  private turn: Turn | undefined;

  constructor(
    private readonly streams: Streams,
    private readonly gateway: AcquirerGateway,
    private readonly cardVault: CardVault,
    private readonly clock: Clock,
    private readonly timers: Timers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    @Inject(LOGGER_TOKEN) private readonly logger: Logger,
    projections: Projections,
    workers: Workers,
  ) {
    this.view = projections.follow(unsettledPaymentsReference);
    workers.register(this);
    // A late answer comes on the connection that asked, whichever copy settles unknown outcomes.
    gateway.onLateAnswer((answer) => {
      void this.recordLate(answer).catch((error: unknown) =>
        this.logger.error({ error: (error as Error).message }, 'a late answer was not recorded'),
      );
    });
  }

  start(turn: Turn): Promise<void> {
    this.isRunning = true;
    this.turn = turn;
    this.looking = this.timers.every(SCAN_MILLIS, () => this.scan());
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.looking?.cancel();
    await Promise.all(this.settling.values());
  }

  /** Begins to settle a payment, once at a time. Of several copies the one that holds the lease does it. */
  settle(transactionId: string): void {
    if (!this.isRunning || !this.turn || this.settling.has(transactionId)) return;
    const work = this.turn(() => this.reverseUntilAnswered(transactionId))
      .catch((error: unknown) =>
        this.logger.error(
          { transactionId, error: (error as Error).message },
          'an unknown outcome is not settled yet',
        ),
      )
      .finally(() => this.settling.delete(transactionId));
    this.settling.set(transactionId, work);
  }

  private scan(): void {
    const limit = this.settings.acquirerTimeoutMillis + INTERRUPTED_AFTER_MILLIS;
    const now = this.timers.monotonicMillis();
    const { open } = this.view.current;
    for (const transactionId of this.seenAt.keys())
      if (!open.has(transactionId)) this.seenAt.delete(transactionId);
    for (const [transactionId, phase] of open) {
      if (this.isInFlight(transactionId)) continue;
      const seenAt = this.seenAt.get(transactionId) ?? now;
      this.seenAt.set(transactionId, seenAt);
      if (phase === 'unknown' || now - seenAt > limit) this.settle(transactionId);
    }
  }

  private async reverseUntilAnswered(transactionId: string): Promise<void> {
    for (let pause = FIRST_PAUSE_MILLIS; this.isRunning;) {
      const { state, events } = await this.streams.load(transactionStream, transactionId);
      if (state.kind !== 'debit') return;
      if (state.phase === 'requested') await this.interrupt(transactionId, events.at(-1));
      else if (state.phase !== 'outcome-unknown') return;
      else if (await this.reverseOnce(transactionId, state, events.at(-1))) return;
      else {
        await this.timers.pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
      }
    }
  }

  private async interrupt(transactionId: string, last: Parameters<typeof causedBy>[0]) {
    this.logger.warn({ transactionId }, 'an authorisation was interrupted: it will be reversed');
    await this.streams.decide(
      transactionStream,
      transactionId,
      (state) => interruptAuthorization({ transactionId, at: this.clock.now() }, state),
      causedBy(last),
    );
  }

  private async reverseOnce(
    transactionId: string,
    state: Extract<Transaction, { kind: 'debit' }>,
    last: Parameters<typeof causedBy>[0],
  ): Promise<boolean> {
    const { request } = state;
    if (request.trace === null) return true;
    const card = request.card ? await this.cardVault.open(request.card.cardId) : null;
    const outcome = await this.gateway.reverse({
      original: request.trace,
      amount: request.amount,
      contractNumber: request.contractNumber,
      rank: request.rank,
      cardNumber: card?.number ?? null,
      authorizationNumber: null,
      at: this.clock.now(),
    });
    if (outcome.kind !== 'answered') return false;
    const { responseCode } = outcome;
    const at = this.clock.now();
    await this.streams.decide(
      transactionStream,
      transactionId,
      (current) => settleUnknownOutcome({ transactionId, responseCode, at }, current),
      causedBy(last),
    );
    return true;
  }

  private async recordLate(answer: LateAnswer): Promise<void> {
    if (answer.kind !== 'authorization' || answer.retrievalReference === null) return;
    const { responseCode, authorizationNumber } = answer;
    for (let attempt = 1; attempt <= LATE_ANSWER_TRIES; attempt += 1) {
      const transactionId = this.view.current.unknownBy(answer.retrievalReference);
      if (transactionId !== undefined) {
        const at = this.clock.now();
        const result = await this.streams.decide(
          transactionStream,
          transactionId,
          (state) =>
            recordLateAnswer({ transactionId, responseCode, authorizationNumber, at }, state),
          causedBy(undefined),
        );
        if (!isRefused(result.decision)) return;
      }
      // The time-out itself may still be on its way into the log.
      await this.timers.pause(100 * attempt);
    }
    this.logger.warn({ stan: answer.stan }, 'a late answer fits no unknown payment');
  }
}
