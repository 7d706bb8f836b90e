import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { businessDayOf, instantOfEpochMillis } from '@encaisse/kernel';
import { benchCard } from '../bench/product';
import { Random } from '../demo/month/random';
import { type Command, type CommandKind, newCommand } from '../torture/load/command';
import type { LoadMerchant } from '../torture/load/merchant';
import type { ProductClient } from '../torture/load/product-client';

export type ArrivalOptions = {
  readonly client: ProductClient;
  readonly merchant: LoadMerchant;
  readonly seed: number;
  /** Requests a second, whatever the answers take. */
  readonly rate: number;
  readonly say: (line: string) => void;
};

/** What a request was, how long it took from the instant it was due, and whether it was answered. */
export type Timing = { readonly kind: string; readonly millis: number };

const COLLECT_EVERY_MS = 2_500;
/** A line on how it goes, about once a minute: a turn also takes as long as its telecollection. */
const TELL_EVERY_TURNS = 60_000 / COLLECT_EVERY_MS;
/**
 * One export at a time, and so many times its length without one: the list of the day grows with the day, and a
 * constant rate of it would soon be all the product does.
 */
const EXPORT_REST = 9;
const POOL = 2_000;
/** Above this the product is not keeping up, and the run says so instead of eating all memory. */
const MOST_IN_FLIGHT = 5_000;

/** Requests at a constant rate, in the shares of a working day, with repeats and abuses of ids. */
export class ArrivalLoad {
  readonly commands: Command[] = [];
  readonly timings: Timing[] = [];
  /** What contradicts the contract of ids, each in a line. */
  readonly faults: string[] = [];
  shed = 0;
  private readonly random: Random;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly capturable: Command[] = [];
  private readonly cancellable: Command[] = [];
  private readonly refundable: Command[] = [];
  private exportFrom = 0;
  private isOver = false;

  constructor(private readonly options: ArrivalOptions) {
    this.random = new Random(options.seed);
  }

  /** Sends for so many seconds, then waits for every answer. */
  async run(seconds: number, meanwhile: Promise<unknown>): Promise<void> {
    const collecting = this.collect();
    const start = performance.now();
    for (let sent = 0; sent < seconds * this.options.rate; sent += 1) {
      const due = start + (sent * 1_000) / this.options.rate;
      const early = due - performance.now();
      if (early > 0) await wait(early);
      if (this.inFlight.size >= MOST_IN_FLIGHT) this.shed += 1;
      else this.track(this.one(due));
    }
    await meanwhile;
    this.isOver = true;
    await Promise.all([...this.inFlight, collecting]);
  }

  private track(work: Promise<void>): void {
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  /** The shares: 60 authorisations, 20 captures, 10 refunds, 5 cancellations, 5 searches and exports. */
  private async one(due: number): Promise<void> {
    const drawn = this.random.between(1, 100);
    if (drawn > 95) return this.read(due);
    const command = this.operation(drawn) ?? this.payment();
    this.commands.push(command);
    await this.options.client.settle(command);
    this.timings.push({ kind: command.kind, millis: performance.now() - due });
    this.remember(command);
    if (command.state !== 'acknowledged') return;
    if (this.random.percent(2)) await this.repeat(command);
    else if (this.random.percent(1)) await this.abuse(command);
  }

  private operation(drawn: number): Command | null {
    if (drawn > 90) return this.operate('cancel', this.take(this.cancellable));
    if (drawn > 80) return this.operate('refund', this.pick(this.refundable));
    if (drawn > 60) return this.operate('capture', this.take(this.capturable));
    return null;
  }

  private payment(): Command {
    const id = uuidv7();
    const minor = this.random.between(1, 999) * 100 + this.random.between(6, 50);
    return newCommand({
      id,
      kind: 'payment',
      context: 'authorization',
      path: '/api/v1/payments',
      transactionId: id,
      amountMinor: minor,
      body: {
        id,
        contractId: this.random.one(this.options.merchant.contractIds),
        orderReference: `LOAD-${id.slice(-12)}`,
        amount: { minor, currency: 'EUR' },
        card: { number: benchCard(this.random.between(1, 100_000)), expiry: '4912' },
        authorizationOnly: this.random.percent(40),
      },
    });
  }

  private operate(kind: CommandKind, payment: Command | undefined): Command | null {
    if (payment === undefined) return null;
    const id = uuidv7();
    const most = payment.amountMinor ?? 1;
    const minor = kind === 'cancel' ? null : this.random.between(1, most);
    return newCommand({
      id,
      kind,
      context: 'cashdesk',
      path: `/api/v1/transactions/${payment.transactionId}/${kind === 'refund' ? 'refunds' : kind}`,
      transactionId: payment.transactionId,
      amountMinor: minor,
      body: minor === null ? { id } : { id, amount: { minor, currency: 'EUR' } },
    });
  }

  private remember(command: Command): void {
    if (command.kind !== 'payment' || command.answer['status'] !== 'ACCEPTED') return;
    const pools =
      command.body['authorizationOnly'] === true ? [this.capturable] : [this.refundable];
    if (this.random.percent(15)) pools.push(this.cancellable);
    for (const pool of pools) {
      pool.push(command);
      if (pool.length > POOL) pool.shift();
    }
  }

  private take(pool: Command[]): Command | undefined {
    return pool.splice(this.random.between(0, Math.max(0, pool.length - 1)), 1)[0];
  }

  private pick(pool: readonly Command[]): Command | undefined {
    return pool.length === 0 ? undefined : this.random.one(pool);
  }

  /** The same request once more: the same answer, marked as a repeat. */
  private async repeat({ kind, id, context, path, body, answer }: Command): Promise<void> {
    const again = await this.answered(context, path, body);
    if (again.status >= 300 || !again.isReplay)
      this.faults.push(`L3 ${kind} ${id}: a repeat was answered ${again.status} ${again.text}`);
    else if (
      answer['status'] !== 'PENDING' &&
      JSON.stringify(again.body) !== JSON.stringify(answer)
    )
      this.faults.push(`L3 ${kind} ${id}: a repeat was answered otherwise: ${again.text}`);
  }

  /** The same id with another amount: refused. */
  private async abuse({ kind, id, context, path, body, amountMinor }: Command): Promise<void> {
    if (amountMinor === null) return;
    const other = { ...body, amount: { minor: amountMinor + 1, currency: 'EUR' } };
    const refused = await this.answered(context, path, other);
    if (refused.status !== 409)
      this.faults.push(`L3 ${kind} ${id}: another amount was answered ${refused.status}`);
  }

  /** An answer that says yes or no; what is away for a moment is asked again. */
  private async answered(context: Command['context'], path: string, body: object) {
    for (;;) {
      const answer = await this.options.client
        .request(context, 'POST', path, body)
        .catch(() => null);
      if (answer !== null && answer.status < 500) return answer;
      await wait(200);
    }
  }

  private async read(due: number): Promise<void> {
    const { client, merchant } = this.options;
    const isExport = this.random.percent(20) && performance.now() >= this.exportFrom;
    const today = businessDayOf(instantOfEpochMillis(Date.now()));
    const node = this.random.one(merchant.shopIds);
    const query = `nodeId=${node}&from=${today}&to=${today}`;
    const path = isExport
      ? `/api/v1/transactions/export?${query}&format=csv`
      : `/api/v1/transactions?${query}&limit=50`;
    const begun = performance.now();
    if (isExport) this.exportFrom = Infinity;
    const answer = await client.request('backoffice', 'GET', path).catch(() => null);
    if (isExport) this.exportFrom = performance.now() + EXPORT_REST * (performance.now() - begun);
    const kind = isExport ? 'export' : 'search';
    if (answer !== null && answer.status >= 400 && answer.status < 500)
      this.faults.push(`${kind} was answered ${answer.status} ${answer.text}`);
    this.timings.push({ kind, millis: performance.now() - due });
  }

  private tell(): void {
    const { length } = this.commands;
    this.options.say(
      `${length} commands sent, ${this.inFlight.size} under way, ${this.shed} left out`,
    );
  }

  private async collect(): Promise<void> {
    const { client, merchant } = this.options;
    for (let turn = 0; !this.isOver; turn += 1) {
      await wait(COLLECT_EVERY_MS);
      if (turn % TELL_EVERY_TURNS === TELL_EVERY_TURNS - 1) this.tell();
      const contractId = merchant.contractIds[turn % merchant.contractIds.length]!;
      await client
        .request('remittance', 'POST', '/api/v1/remittances/telecollect', { contractId })
        .catch(() => undefined);
    }
  }
}
