import { addDays, type BusinessDay } from '@encaisse/kernel';
import { derivedUuid } from '@encaisse/platform/http';
import type { BlockedCardBook } from './blocked-card-book';
import { CardBlocks } from './card-blocks';
import type { Chance } from './chance';
import type { Answer, Client, Request } from './client';
import type { Conditions } from './conditions';
import type { Machine } from './machine';
import { calendarDay, collectionTimeOf, type Plan, wallOf } from './plan';
import {
  duplicatePayment,
  type Merchant,
  openMerchant,
  operate,
  operateOnAll,
  type OperationText,
  type PaymentContent,
  putBack,
  resend,
  setActive,
  takePayment,
  telecollect,
} from './requests';

/** What is told of every answer: the request it belongs to, and whether it was a repetition. */
export type AnswerWatcher = (told: {
  readonly request: Request;
  readonly answer: Answer;
  readonly transactionId: string | null;
  readonly isRepetition: boolean;
  readonly isOtherContent: boolean;
}) => void;

type Known = { readonly id: string; readonly merchant: Merchant; readonly minor: number };

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'JPY', 'TND'] as const;
const MEANS = ['CB', 'CB', 'VISA', 'ANCV'] as const;
/** Luhn-valid numbers of no issuer. */
const CARDS = [
  '4000000000000010',
  '4000000000000028',
  '5100000000000008',
  '5100000000000016',
  '4000000000000036',
] as const;

/** Share of each command, per thousand. */
const MENU: readonly (readonly [string, number])[] = [
  ['pay', 440],
  ['capture', 130],
  ['cancel', 90],
  ['refund', 130],
  ['send', 40],
  ['modify', 50],
  ['validate', 20],
  ['duplicate', 20],
  ['mass', 20],
  ['telecollect', 10],
  ['put-back', 20],
  ['resend', 10],
  ['activity', 20],
  ['block', 14],
  ['unblock', 14],
];

/** The merchants of a seed and what they ask of the product, when. */
export class Trade {
  readonly merchants: readonly Merchant[];
  commands = 0;
  private readonly known: Known[] = [];
  private isActivityChanging = false;
  private readonly blocks: CardBlocks;
  /** Remittances the bank rejected, to be sent again. */
  readonly rejectedRemittances: { readonly merchant: Merchant; readonly id: string }[] = [];
  private sequence = 0;

  constructor(
    private readonly plan: Plan,
    private readonly parts: {
      readonly chance: Chance;
      readonly machine: Machine;
      readonly conditions: Conditions;
      readonly client: Client;
      readonly watch: AnswerWatcher;
      readonly books: {
        readonly inactiveContracts: ReadonlySet<string>;
        readonly blockedCards: Pick<BlockedCardBook, 'expect'>;
      };
      /** What the buyers type; the stored bytes may not depend on it. */
      readonly verificationCode: string;
    },
  ) {
    const { chance } = parts;
    this.blocks = new CardBlocks(chance, CARDS);
    this.merchants = Array.from({ length: plan.merchants }, (_, index) =>
      this.drawMerchant(index, chance.fork(`merchant ${index}`)),
    );
  }

  /** Opens every merchant, one step after the other. */
  open(onOpened: () => void): void {
    const steps = this.merchants.flatMap(openMerchant);
    const next = (index: number): void => {
      const request = steps[index];
      if (request === undefined) return onOpened();
      this.parts.client.ask(request, (answer) => {
        // Another copy of the service may not have heard of the step before yet.
        if (answer.kind === 'refused') this.parts.machine.in(200, null, () => next(index));
        else next(index + 1);
      });
    };
    next(0);
  }

  /** Plans bursts of commands over the days, some around collections and nights of clock changes. */
  schedule(onBurst: () => void): void {
    const { machine, chance } = this.parts;
    const perBurst = Math.ceil(this.plan.commands / this.plan.bursts);
    let left = this.plan.commands;
    for (let burst = 0; burst < this.plan.bursts && left > 0; burst += 1) {
      const day = calendarDay(this.plan, burst % this.plan.days);
      const count = Math.min(left, perBurst);
      left -= count;
      machine.atWall(this.instantIn(day, chance), () => {
        onBurst();
        for (let index = 0; index < count; index += 1)
          machine.in(chance.spread(1, 2000), null, () => this.command());
      });
    }
  }

  private instantIn(day: number, chance: Chance): number {
    if (chance.happens(0.3)) {
      const time = chance.one(this.merchants).telecollectionTime ?? '23:00';
      return wallOf(this.plan, day, time) + chance.whole(-3000, 500);
    }
    if (chance.happens(0.2)) return wallOf(this.plan, day, '23:59:58') + chance.whole(0, 3000);
    const hour = String(chance.whole(0, 23)).padStart(2, '0');
    const minute = String(chance.whole(0, 59)).padStart(2, '0');
    return wallOf(this.plan, day, `${hour}:${minute}`);
  }

  private drawMerchant(index: number, chance: Chance): Merchant {
    const id = (part: string) => this.newId(`${part} ${index}`);
    return {
      name: `merchant-${index}`,
      brandId: id('brand'),
      groupId: id('group'),
      shopId: id('shop'),
      contractId: id('contract'),
      contractNumber: String(1_000_000 + (index % 7 === 6 ? index - 1 : index)),
      environment: chance.happens(0.2) ? 'TEST' : 'PRODUCTION',
      currency: chance.one(CURRENCIES),
      // Contracts that share a number differ in their means, as the onboarding asks.
      paymentMeans: index % 7 === 6 ? 'AMEX' : chance.one(MEANS),
      telecollectionTime: collectionTimeOf(chance),
      deferralDays: chance.one([0, 0, 0, 1, 3, 7]),
    };
  }

  /** Version 7 by its shape; made of the seed, so that both runs of a seed ask for the same. */
  private newId(purpose: string): string {
    const id = derivedUuid(`${this.plan.seed} ${purpose}`);
    return `${id.slice(0, 14)}7${id.slice(15)}`;
  }

  private command(): void {
    const { chance } = this.parts;
    const total = MENU.reduce((sum, [, share]) => sum + share, 0);
    let point = chance.whole(1, total);
    const name = MENU.find(([, share]) => (point -= share) <= 0)![0];
    this.commands += 1;
    this.sequence += 1;
    const id = this.newId(`command ${this.sequence}`);
    if (name === 'pay' || this.known.length === 0) return this.pay(id, chance.one(this.merchants));
    const target = this.pickKnown();
    switch (name) {
      case 'duplicate': {
        const amount = this.amountOf(target.merchant);
        const content = { orderReference: `DUP-${this.sequence}`, amount };
        return this.ask(duplicatePayment(target.merchant, id, target.id, content), id);
      }
      case 'mass':
        return this.operateOnSome(id, target.merchant);
      case 'telecollect':
        return this.ask(telecollect(target.merchant, id), null);
      case 'put-back':
        return this.ask(putBack(target.merchant, id, target.id), target.id);
      case 'resend':
        return this.sendAgain(id);
      case 'activity':
        return this.changeActivity(id, target.merchant);
      case 'block':
        return this.askForList(this.blocks.block(id, target));
      case 'unblock':
        return this.askForList(this.blocks.lift(id));
      default:
        return this.operate(id, target, name as OperationText['kind']);
    }
  }

  /** The newest ones more often: operations on what was just paid are the interesting ones. */
  private pickKnown(): Known {
    const { chance } = this.parts;
    const back = Math.floor(chance.spread(1, this.known.length)) - 1;
    return this.known[this.known.length - 1 - back]!;
  }

  private amountOf({ currency }: Merchant) {
    return { minor: Math.floor(this.parts.chance.spread(1, 500_000)), currency };
  }

  private pay(id: string, merchant: Merchant): void {
    const { chance, verificationCode } = this.parts;
    const amount = this.amountOf(merchant);
    const content: PaymentContent = {
      orderReference: `CMD-${this.sequence}`,
      amount,
      card: { number: chance.one(CARDS), expiry: '4912', verificationCode },
      authorizationOnly: chance.happens(0.35),
      ...(chance.happens(0.2) ? { deferralDays: chance.whole(0, 7) } : {}),
      ...(chance.happens(0.3)
        ? { cardholder: { email: `buyer${chance.whole(1, 20)}@example.com` } }
        : {}),
    };
    this.known.push({ id, merchant, minor: amount.minor });
    const other = { ...content, amount: { ...amount, minor: amount.minor + 1 } };
    const { seenPosition } = this.blocks;
    this.parts.books.blockedCards.expect(id, seenPosition);
    const request = takePayment(merchant, id, content, seenPosition);
    this.ask(request, id, takePayment(merchant, id, other, seenPosition));
  }

  private askForList(asked: ReturnType<CardBlocks['lift']>): void {
    if (asked) this.ask(asked.request, null, asked.other, asked.onDone);
  }

  private operate(
    id: string,
    { id: transactionId, merchant, minor }: Known,
    kind: OperationText['kind'],
  ) {
    const { chance } = this.parts;
    const part = { minor: chance.whole(1, Math.ceil(minor * 1.1)), currency: merchant.currency };
    const isWhole = chance.happens(0.5);
    const text: OperationText =
      kind === 'refund'
        ? { kind, amount: isWhole ? { ...part, minor } : part }
        : kind === 'capture'
          ? isWhole
            ? { kind }
            : { kind, amount: part }
          : kind === 'modify'
            ? chance.happens(0.5)
              ? { kind, amount: part }
              : { kind, plannedDate: this.dayFromNow(chance.whole(0, 8)) }
            : { kind };
    const request = operate(merchant, id, transactionId, text, chance.happens(0.7));
    // Above what was asked for, so that it is never the same content in other words.
    const larger = { ...part, minor: (isWhole ? minor : part.minor) + 1 };
    const other: OperationText = {
      kind: kind === 'capture' ? 'capture' : 'refund',
      amount: larger,
    };
    this.ask(request, transactionId, operate(merchant, id, transactionId, other, true));
    // The bursts of real life: two people click at the same moment.
    if (chance.happens(0.15)) this.command();
  }

  private dayFromNow(days: number): BusinessDay {
    const today = new Date(this.parts.machine.wall).toISOString().slice(0, 10) as BusinessDay;
    return addDays(today, days);
  }

  private operateOnSome(id: string, merchant: Merchant): void {
    const { chance } = this.parts;
    const own = this.known.filter((known) => known.merchant === merchant).slice(-40);
    const ids = chance.some(own, chance.whole(1, own.length)).map((known) => known.id);
    const kind = chance.one(['capture', 'send'] as const);
    this.ask(operateOnAll(merchant, id, kind, ids), null);
  }

  private sendAgain(id: string): void {
    const rejected = this.rejectedRemittances.pop();
    if (rejected) this.ask(resend(rejected.merchant, id, rejected.id), null);
  }

  /** Stops a contract, or restores one that is stopped; a bank does one after the other. */
  private changeActivity(id: string, merchant: Merchant): void {
    const stopped = this.stoppedMerchants();
    if (this.isActivityChanging) return;
    this.isActivityChanging = true;
    const request =
      stopped.length > 0 ? setActive(stopped[0]!, id, true) : setActive(merchant, id, false);
    this.parts.client.ask(request, () => (this.isActivityChanging = false));
  }

  /** Restores what the trade stopped, so that its end finds every contract taking payments. */
  restoreAll(): void {
    for (const merchant of this.stoppedMerchants()) {
      this.sequence += 1;
      const request = setActive(merchant, this.newId(`restore ${this.sequence}`), true);
      this.parts.client.ask(request, () => undefined);
    }
  }

  /** Merchants whose contract is inactive, as the log has it: a late repetition may have stopped one. */
  private stoppedMerchants(): Merchant[] {
    return this.merchants.filter(({ contractId }) =>
      this.parts.books.inactiveContracts.has(contractId),
    );
  }

  /** Asks; now and then twice at once, again later, or with other content under the same id. */
  private ask(
    request: Request,
    transactionId: string | null,
    other?: Request,
    onDone?: (position: number) => void,
  ): void {
    const { client, conditions, watch, chance, machine } = this.parts;
    const tell = (answer: Answer, isRepetition: boolean, isOtherContent = false): void =>
      watch({ request, answer, transactionId, isRepetition, isOtherContent });
    client.ask(request, (answer) => {
      tell(answer, false);
      if (answer.kind === 'done') onDone?.(answer.position);
      if (!chance.happens(0.05)) return;
      machine.in(chance.spread(1, 5000), null, () => {
        if (answer.kind === 'done' && other !== undefined && chance.happens(0.4))
          client.ask(other, (second) => tell(second, true, true));
        else client.ask(request, (second) => tell(second, true));
      });
    });
    for (let copy = 0; copy < 4 && conditions.strikes('F5', conditions.duplicates); copy += 1)
      machine.in(chance.spread(0.1, 50), null, () => client.tryOnce(request, () => undefined));
  }
}
