import { setTimeout as pause } from 'node:timers/promises';
import { DemoFailure, Interrupted } from '../demo-failure';
import { type Answer, problemOf, type ProductApi } from '../product/product-api';
import { playEvening } from '../product/product-clock';
import { operationIdOf, type TradeDay, type TradePlan, type TradeStep } from './trade-plan';
import type { TradePlace } from './trade-place';
import type { TradeProgress } from './trade-progress';

/** How long a row may hold up the next one when its answer is known to be slow. */
const SLOW_ANSWER_MILLIS = 60;
const ATTEMPTS = 3;
const SETTLE_MILLIS = 60_000;
const POLL_MILLIS = 250;
const TRIES = 5;

export type ReplayOptions = {
  readonly api: ProductApi;
  readonly plan: TradePlan;
  readonly place: TradePlace;
  readonly progress: TradeProgress;
  /** Called after each step. */
  readonly onStep: () => void;
  /** Asked between two days: the day in hand is always finished. */
  readonly isStopping: () => boolean;
};

/** What a replay did. */
export type ReplayReport = {
  sentCount: number;
  /** Steps the product had done before under the same id. */
  replayedCount: number;
  /** Payments refused for technical reasons and made again under another id. */
  readonly interrupted: string[];
  /** Answers that the rules do not foresee. */
  readonly surprises: string[];
};

type Summary = { transactionId: string; status: string; responseCode: string | null };

/** Plays the days of a plan that are not finished, in order, on the product's clock. */
export class TradeReplay {
  readonly report: ReplayReport = {
    sentCount: 0,
    replayedCount: 0,
    interrupted: [],
    surprises: [],
  };
  private readonly acceptedIds = new Map<number, string>();
  private clockAt: string | null = null;

  constructor(private readonly options: ReplayOptions) {}

  async run(fromDay: number): Promise<void> {
    const { plan, isStopping } = this.options;
    for (const day of plan.days.slice(fromDay)) {
      if (isStopping()) throw new Interrupted();
      await this.play(day);
    }
  }

  private async play({ steps, telecollectionAt }: TradeDay): Promise<void> {
    const inFlight: Promise<unknown>[] = [];
    for (const step of steps) {
      if (step.kind === 'cancel') await Promise.all(inFlight);
      await this.setClock(step.at);
      if (step.kind !== 'payment') await this.operate(step);
      else if (step.payment.isSlow) {
        const answer = this.pay(step);
        answer.catch(() => undefined);
        inFlight.push(answer);
        await Promise.race([answer, pause(SLOW_ANSWER_MILLIS)]);
      } else await this.pay(step);
    }
    await Promise.all(inFlight);
    await playEvening(this.options.api, telecollectionAt);
    this.clockAt = telecollectionAt;
  }

  private async setClock(at: string): Promise<void> {
    if (this.clockAt === at) return;
    await this.options.api.setClock(at);
    this.clockAt = at;
  }

  /** A payment refused because the product was interrupted is made again, as a buyer would. */
  private async pay(step: TradeStep): Promise<void> {
    const { payment } = step;
    for (let attempt = 1; ; attempt += 1) {
      const summary = await this.payOnce(step, attempt);
      if (summary === null) return this.options.onStep();
      const isTechnical = summary.status === 'REFUSED' && summary.responseCode === null;
      if (payment.isAccepted && isTechnical && attempt < ATTEMPTS) {
        this.report.interrupted.push(payment.orderReference);
        continue;
      }
      if (summary.status === 'ACCEPTED') this.acceptedIds.set(payment.line, summary.transactionId);
      const isAsPlanned = payment.isAccepted
        ? summary.status === 'ACCEPTED'
        : summary.status === 'REFUSED' || (payment.isSlow && summary.status === 'PENDING');
      if (!isAsPlanned)
        this.surprise(step, `statut ${summary.status} ${summary.responseCode ?? ''}`);
      return this.options.onStep();
    }
  }

  /** The outcome of one attempt, waited for unless the acquirer is known to be slow; null if refused. */
  private async payOnce(step: TradeStep, attempt: number): Promise<Summary | null> {
    const { payment, amountMinor } = step;
    const { place, plan } = this.options;
    const body = {
      id: operationIdOf(step, attempt),
      contractId: place.contractIds[payment.shop],
      orderReference: payment.orderReference,
      amount: { minor: amountMinor, currency: 'USD' },
      card: { number: payment.cardNumber, expiry: plan.cardExpiry },
      authorizationOnly: payment.isAuthorizationOnly,
    };
    for (let waited = 0; waited < SETTLE_MILLIS; waited += POLL_MILLIS) {
      const answer = await this.send('/api/v1/payments', body);
      const isInProgress = isProblem(answer, 'payment-in-progress');
      const isPending = answer.body['status'] === 'PENDING' && !payment.isSlow;
      if (!isInProgress && !isPending) {
        this.count(answer);
        if (answer.status === 201) return answer.body as unknown as Summary;
        this.surprise(step, problemOf(answer.status, answer.body));
        return null;
      }
      await pause(POLL_MILLIS);
    }
    throw new DemoFailure(
      `Le paiement ${payment.orderReference} n’a pas d’issue après une minute.`,
    );
  }

  private async operate(step: TradeStep): Promise<void> {
    const { kind, amountMinor } = step;
    const id = operationIdOf(step);
    const path = `/api/v1/transactions/${this.transactionIdOf(step)}`;
    const answer =
      kind === 'refund'
        ? await this.send(`${path}/refunds`, {
            id,
            amount: { minor: amountMinor, currency: 'USD' },
          })
        : await this.send(`${path}/${kind}`, { id });
    this.count(answer);
    if (answer.status >= 300) this.surprise(step, problemOf(answer.status, answer.body));
    this.options.onStep();
  }

  private transactionIdOf({ payment }: TradeStep): string {
    const { line, at, amountMinor } = payment;
    return (
      this.acceptedIds.get(line) ??
      this.options.progress.transactionOf(payment)?.id ??
      operationIdOf({ kind: 'payment', at, payment, amountMinor })
    );
  }

  /** Sends a command; when a part of the product is away for a moment, again with the same id. */
  private async send(path: string, body: object): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.options.api.post(path, body);
      const isForAMoment = answer.status === 503 || isProblem(answer, 'lost-race');
      if (!isForAMoment || attempt === TRIES) return answer;
      await pause(POLL_MILLIS * attempt);
    }
  }

  private count({ isReplay }: Answer): void {
    this.report.sentCount += 1;
    if (isReplay) this.report.replayedCount += 1;
  }

  private surprise({ kind, payment }: TradeStep, what: string): void {
    this.report.surprises.push(
      `ligne ${payment.line} ${payment.orderReference}, ${kind} : ${what}`,
    );
  }
}

function isProblem({ body }: Answer, code: string): boolean {
  const type = body['type'];
  return typeof type === 'string' && type.endsWith(`/${code}`);
}
