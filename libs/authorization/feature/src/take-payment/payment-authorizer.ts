import { Inject, Injectable } from '@nestjs/common';
import { acquirerRefusalOf, APPROVED } from '@encaisse/authorization/domain';
import { type Decision, fold, invariant, isRefused } from '@encaisse/kernel';
import {
  type AcquirerTrace,
  contractRefusalReason,
  type OutcomeRefusal,
  recordAuthorization,
  recordRefusal,
  recordUnknownOutcome,
  type RefusalReason,
  type RequestPayment,
  requestPayment,
  type Transaction,
  type TransactionEvent,
  transactionStream,
  type TransactionSummary,
  transactionSummary,
} from '@encaisse/ledger/domain';
import { Clock, Timers } from '@encaisse/platform/clock';
import { decodeEvent, type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { COMMON_PROBLEMS, Problem, problems } from '@encaisse/platform/http';
import {
  Metrics,
  type Settings,
  SETTINGS_TOKEN,
  TransactionNumbers,
} from '@encaisse/platform/runtime';
import { CardVault, contentFingerprint, Keyring, PersonVault } from '@encaisse/platform/security';
import { AcquirerGateway, type AuthorizationOutcome } from '../acquirer/acquirer-gateway';
import { BlockedCards } from '../blocked-cards/blocked-cards';
import { UnknownSettler } from '../settle-unknown/unknown-settler';
import { contentOf, type PaymentOrder } from './payment-order';

const PROBLEMS = problems({
  'payment-in-progress': { status: 409, title: 'This payment is being authorised' },
});

/** What taking a payment may record, until its outcome is known for good. */
const TAKING_EVENTS: ReadonlySet<string> = new Set<TransactionEvent['type']>([
  'PaymentRequested',
  'PaymentAuthorized',
  'PaymentAccepted',
  'PaymentRefused',
  'PaymentPending',
  'PaymentConfirmed',
  'PaymentAbandoned',
  'AuthorizationOutcomeUnknown',
  'AuthorizationReversed',
  'LateAuthorizationAnswerReceived',
]);

export type PaymentResult = {
  readonly summary: TransactionSummary;
  readonly position: number;
  readonly isReplay: boolean;
};

/** A payment as this process knows it between two appends. */
type Written = {
  readonly state: Transaction;
  readonly version: number;
  readonly position: number;
};

/**
 * Takes a payment: the intent is durable before the acquirer is asked, the outcome before the answer
 * (M12). What the acquirer did not answer stays unknown and is settled by a reversal (D13).
 */
@Injectable()
export class PaymentAuthorizer {
  private readonly inFlight = new Map<string, Promise<PaymentResult>>();
  private readonly results;

  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly timers: Timers,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
    private readonly numbers: TransactionNumbers,
    private readonly cardVault: CardVault,
    private readonly personVault: PersonVault,
    private readonly keyring: Keyring,
    private readonly gateway: AcquirerGateway,
    private readonly settler: UnknownSettler,
    private readonly blockedCards: BlockedCards,
    metrics: Metrics,
  ) {
    this.results = metrics.counter('encaisse_payments_total', 'Payments by outcome', ['outcome']);
    settler.isInFlight = (transactionId) => this.inFlight.has(transactionId);
  }

  /** A repeat of a payment in flight waits for it, then answers as a repeat. */
  async take(order: PaymentOrder, metadata: EventMetadata): Promise<PaymentResult> {
    const { transactionId } = order;
    const first = this.inFlight.get(transactionId);
    if (first) {
      await first.catch(() => undefined);
      return this.repeat(order);
    }
    const taking = this.takeFirst(order, metadata).finally(() =>
      this.inFlight.delete(transactionId),
    );
    this.inFlight.set(transactionId, taking);
    return taking;
  }

  private async takeFirst(order: PaymentOrder, metadata: EventMetadata): Promise<PaymentResult> {
    const begunAt = this.timers.monotonicMillis();
    const request = await this.requestOf(order);
    const refusal = this.refusalBeforeAsking(order);
    const written = await this.writeRequest(request, refusal, metadata);
    if (written === 'id-known') return this.repeat(order);
    if (refusal !== null) return this.answer(written);
    const outcome = await this.ask(order, request.trace!, begunAt);
    return this.answer(await this.writeOutcome(order.transactionId, written, outcome, metadata));
  }

  /** The list of blocked cards comes before every other control (RISK-08), whoever takes the payment. */
  private refusalBeforeAsking({ contract, card, amount }: PaymentOrder): RefusalReason | null {
    const { environment, shopId } = contract;
    if (this.blockedCards.isBlocked(environment, shopId, card.number)) return 'CARD_BLOCKED';
    return contractRefusalReason(contract, amount);
  }

  /**
   * Asks the acquirer, unless the intent is so old that another copy may take it for one of a process
   * that died: what is asked for after its reversal would stay authorised for ever (M12).
   */
  private async ask(
    order: PaymentOrder,
    trace: AcquirerTrace,
    begunAt: number,
  ): Promise<AuthorizationOutcome> {
    const age = this.timers.monotonicMillis() - begunAt;
    if (age > this.settings.acquirerTimeoutMillis) return { kind: 'not-sent' };
    return this.gateway.authorize({
      cardNumber: order.card.number,
      expiry: order.card.expiry,
      verificationCode: order.verificationCode,
      amount: order.amount,
      contractNumber: order.contract.contractNumber,
      rank: order.contract.rank,
      channel: order.channel,
      trace,
    });
  }

  private async requestOf(order: PaymentOrder): Promise<RequestPayment> {
    const { contract, card, transactionId } = order;
    const { environment, shopId } = contract;
    const at = this.clock.now();
    const [sealed, cardholder, transactionNumber] = await Promise.all([
      this.cardVault.seal({
        number: card.number,
        expiry: card.expiry,
        environment,
        tenantId: shopId,
      }),
      order.email === null
        ? order.cardholder
        : this.personVault.remember({ email: order.email }, shopId, environment),
      this.numbers.next(),
    ]);
    const { contractId, contractNumber, rank, paymentMeans, acquirer } = contract;
    return {
      transactionId,
      transactionNumber,
      environment,
      shopId,
      contractId,
      contractNumber,
      rank,
      paymentMeans,
      acquirer,
      orderReference: order.orderReference,
      amount: order.amount,
      authorizationOnly: order.authorizationOnly,
      deferralDays: order.deferralDays,
      channel: order.channel,
      wallet: order.wallet,
      archivingReference: order.archivingReference,
      card: {
        cardId: sealed.cardId,
        maskedNumber: sealed.maskedNumber,
        expiry: card.expiry,
        cardType: card.cardType,
        cardCountry: null,
        issuer: null,
      },
      cardholder,
      clientCountry: order.clientCountry,
      duplicateOf: order.duplicateOf,
      trace: this.gateway.nextTrace(at),
      fingerprint: this.fingerprintOf(order),
      at,
    };
  }

  private fingerprintOf(order: PaymentOrder): string {
    return contentFingerprint(this.keyring.contentKey, contentOf(order));
  }

  /** Appends without reading: a new payment has no stream, and the store knows it. */
  private async writeRequest(
    request: RequestPayment,
    refusal: RefusalReason | null,
    metadata: EventMetadata,
  ): Promise<Written | 'id-known'> {
    const { transactionId, at } = request;
    const requested = accepted(requestPayment(request, transactionStream.initial));
    const state = fold(transactionStream, requested);
    const refused =
      refusal === null
        ? []
        : accepted(
            recordRefusal({ transactionId, reason: refusal, responseCode: null, at }, state),
          );
    const events = [...requested, ...refused];
    const result = await this.streams.append(
      transactionStream,
      transactionId,
      'no-stream',
      events,
      metadata,
    );
    if (result.kind !== 'appended') return 'id-known';
    const version = events.length - 1;
    return { state: fold(transactionStream, events), version, position: result.position };
  }

  private async writeOutcome(
    transactionId: string,
    { state, version }: Written,
    outcome: AuthorizationOutcome,
    metadata: EventMetadata,
  ): Promise<Written> {
    const decide = this.decisionOf(transactionId, outcome);
    const events = accepted(decide(state));
    const result = await this.streams.append(
      transactionStream,
      transactionId,
      version,
      events,
      metadata,
    );
    if (outcome.kind === 'unknown') this.settler.settle(transactionId);
    if (result.kind === 'appended')
      return {
        state: events.reduce(transactionStream.evolve, state),
        version: version + events.length,
        position: result.position,
      };
    // Somebody declared it unknown meanwhile: what they recorded stands, our answer came late.
    const loaded = await this.streams.load(transactionStream, transactionId);
    return { ...loaded, version: loaded.version ?? version };
  }

  private decisionOf(transactionId: string, outcome: AuthorizationOutcome) {
    const at = this.clock.now();
    return (state: Transaction): Decision<TransactionEvent, OutcomeRefusal> => {
      if (outcome.kind === 'unknown')
        return recordUnknownOutcome({ transactionId, cause: outcome.cause, at }, state);
      if (outcome.kind === 'not-sent') {
        const reason = 'TECHNICAL_ERROR';
        return recordRefusal({ transactionId, reason, responseCode: null, at }, state);
      }
      const { responseCode, authorizationNumber } = outcome;
      if (responseCode !== APPROVED) {
        const reason = acquirerRefusalOf(responseCode) ?? 'ISSUER_DECLINED';
        return recordRefusal({ transactionId, reason, responseCode, at }, state);
      }
      const number = authorizationNumber ?? '';
      return recordAuthorization(
        { transactionId, authorizationNumber: number, responseCode, at },
        state,
      );
    };
  }

  private answer({ state, position }: Written): PaymentResult {
    const summary = transactionSummary(state);
    invariant(summary, 'a payment that was written has an outcome');
    this.results.inc({ outcome: summary.status });
    return { summary, position, isReplay: false };
  }

  /**
   * The answer to an id that is in the log: the result of taking it, whatever was done with the
   * transaction since (L3), or a refusal for other content.
   */
  private async repeat(order: PaymentOrder): Promise<PaymentResult> {
    const { events, position } = await this.streams.load(transactionStream, order.transactionId);
    const later = events.findIndex(({ type }) => !TAKING_EVENTS.has(type));
    const state = fold<Transaction, TransactionEvent>(
      transactionStream,
      events
        .slice(0, later < 0 ? events.length : later)
        .map((event) => decodeEvent(transactionStream, event)),
    );
    const isSame =
      state.kind === 'debit' && state.request.fingerprint === this.fingerprintOf(order);
    if (!isSame)
      throw new Problem(
        'id-reused',
        COMMON_PROBLEMS['id-reused'],
        'this id belongs to another request; make a new UUIDv7 for a new payment',
        { pointer: '/id' },
      );
    const summary = transactionSummary(state);
    if (!summary)
      throw new Problem(
        'payment-in-progress',
        PROBLEMS['payment-in-progress'],
        'ask again with the same id in some seconds',
      );
    return { summary, position, isReplay: true };
  }
}

/** Decisions on a state this process has just made cannot be refused. */
function accepted<Event, Refusal>(decision: Decision<Event, Refusal>): readonly Event[] {
  invariant(!isRefused(decision), 'a fresh payment takes its first events');
  return decision.accepted;
}
