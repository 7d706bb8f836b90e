import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { benchCard } from '../../bench/product';
import { Random } from '../../demo/month/random';
import { type Command, type CommandKind, newCommand } from './command';
import type { LoadMerchant } from './merchant';
import type { ProductClient } from './product-client';

export type MerchantLoadOptions = {
  readonly client: ProductClient;
  readonly merchant: LoadMerchant;
  readonly seed: number;
  readonly clients: number;
  /** Whether transactions are sent to the bank now and then, so that they can be refunded. */
  readonly telecollects: boolean;
};

const COLLECT_EVERY_MS = 2_500;
/** Amounts whose last two digits make the simulator refuse or fall silent are rare and wanted. */
const REFUSED_PERCENT = 4;
const MEMORY = 200;

/** Buyers and cashiers who go on whatever happens, and write down all they were told. */
export class MerchantLoad {
  readonly commands: Command[] = [];
  private isOver = false;
  /** Transactions that may have been sent: refunds are tried on them, by several clients at once. */
  private readonly accepted: Command[] = [];
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: MerchantLoadOptions) {}

  start(): void {
    const { clients, seed, telecollects } = this.options;
    const work = Array.from({ length: clients }, (_, index) =>
      this.serveCustomers(new Random(seed + 7919 * (index + 1))),
    );
    if (telecollects) work.push(this.collect());
    this.running = Promise.all(work);
  }

  /** No new command from here on; resolves once every command sent has its answer. */
  async finish(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async serveCustomers(random: Random): Promise<void> {
    while (!this.isOver) {
      const payment = await this.pay(random);
      if (payment.answer['status'] !== 'ACCEPTED') continue;
      const { transactionId, amountMinor } = payment;
      const minor = amountMinor ?? 0;
      if (payment.body['authorizationOnly'] === true) {
        const captured = random.between(Math.ceil(minor / 2), minor);
        await this.operate('capture', transactionId, captured);
        // A second one must be refused: at most one capture per authorisation (M1).
        if (random.percent(10)) await this.operate('capture', transactionId, minor);
      }
      if (random.percent(15)) await this.cancelTwice(transactionId, random);
      else if (random.percent(10))
        await this.operate('modify', transactionId, random.between(1, minor));
      this.remember(payment);
      if (random.percent(25)) await this.refundOneOf(random);
    }
  }

  private async pay(random: Random): Promise<Command> {
    const { contractIds } = this.options.merchant;
    const id = uuidv7();
    const cents = random.percent(REFUSED_PERCENT) ? random.one([51, 5, 96]) : random.between(6, 50);
    const minor = random.between(1, 999) * 100 + cents;
    return this.send({
      id,
      kind: 'payment',
      context: 'authorization',
      path: '/api/v1/payments',
      transactionId: id,
      amountMinor: minor,
      body: {
        id,
        contractId: random.one(contractIds),
        orderReference: `LAB-${id.slice(-12)}`,
        amount: { minor, currency: 'EUR' },
        card: { number: benchCard(random.between(1, 50_000)), expiry: '4912' },
        authorizationOnly: random.percent(40),
      },
    });
  }

  /** Two cashiers click at once: one cancellation, or none where the telecollection was faster. */
  private async cancelTwice(transactionId: string, random: Random): Promise<void> {
    const clicks = [this.operate('cancel', transactionId, null)];
    if (random.percent(30)) clicks.push(this.operate('cancel', transactionId, null));
    await Promise.all(clicks);
  }

  private async refundOneOf(random: Random): Promise<void> {
    if (this.accepted.length === 0) return;
    const { transactionId, amountMinor } = random.one(this.accepted);
    const clicks = random.percent(30) ? 2 : 1;
    await Promise.all(
      Array.from({ length: clicks }, () =>
        this.operate('refund', transactionId, random.between(1, amountMinor ?? 1)),
      ),
    );
  }

  private async operate(
    kind: Exclude<CommandKind, 'payment' | 'telecollect'>,
    transactionId: string,
    minor: number | null,
  ): Promise<Command> {
    const id = uuidv7();
    const route = kind === 'refund' ? 'refunds' : kind;
    return this.send({
      id,
      kind,
      context: 'cashdesk',
      path: `/api/v1/transactions/${transactionId}/${route}`,
      transactionId,
      amountMinor: minor,
      body: minor === null ? { id } : { id, amount: { minor, currency: 'EUR' } },
    });
  }

  /** The telecollection has no id: what it did is told by the events of transactions and remittances. */
  private async collect(): Promise<void> {
    const { client, merchant } = this.options;
    for (let turn = 0; !this.isOver; turn += 1) {
      await wait(COLLECT_EVERY_MS);
      const contractId = merchant.contractIds[turn % merchant.contractIds.length]!;
      await client
        .request('remittance', 'POST', '/api/v1/remittances/telecollect', { contractId })
        .catch(() => undefined);
    }
  }

  private async send(given: Parameters<typeof newCommand>[0]): Promise<Command> {
    const command = newCommand(given);
    this.commands.push(command);
    await this.options.client.settle(command);
    return command;
  }

  private remember(payment: Command): void {
    this.accepted.push(payment);
    if (this.accepted.length > MEMORY) this.accepted.shift();
  }
}
