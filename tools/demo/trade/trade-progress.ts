import type { FoldedTrade, FoldedTransaction } from '../fold-events';
import { type PlannedPayment, type TradeDay, type TradePlan, operationIdOf } from './trade-plan';
import type { TradePlace } from './trade-place';

/** What the log holds of a plan: which steps are done, and under which transaction. */
export class TradeProgress {
  private readonly byReference = new Map<string, FoldedTransaction[]>();

  constructor(
    private readonly trade: FoldedTrade,
    private readonly place: TradePlace,
  ) {
    for (const transaction of trade.transactions.values()) {
      if (transaction.type === 'REFUND') continue;
      const { shopId, orderReference } = transaction;
      const key = `${shopId}|${orderReference}`;
      const known = this.byReference.get(key);
      if (known) known.push(transaction);
      else this.byReference.set(key, [transaction]);
    }
  }

  /** The transaction that stands for a purchase: the accepted one, else its last attempt. */
  transactionOf({ shop, orderReference }: PlannedPayment): FoldedTransaction | undefined {
    const attempts = this.byReference.get(`${this.place.shopIds[shop] ?? ''}|${orderReference}`);
    return attempts?.find(({ status }) => status === 'ACCEPTED') ?? attempts?.at(-1);
  }

  /** The first day on which something is left to do; all the days from it on are played again. */
  firstUnfinishedDay({ days }: TradePlan): number {
    const index = days.findIndex((day) => !this.isDone(day));
    return index < 0 ? days.length : index;
  }

  private isDone({ steps }: TradeDay): boolean {
    return steps.every((step) => {
      const transaction = this.transactionOf(step.payment);
      if (!transaction) return false;
      switch (step.kind) {
        case 'payment':
          return this.isPaid(step.payment, transaction);
        case 'capture':
          return transaction.isCaptured && this.isSent(transaction);
        case 'cancel':
          return transaction.type === 'CANCELLATION' && this.isSent(transaction);
        case 'refund':
          return this.isSent(this.trade.transactions.get(operationIdOf(step)));
      }
    });
  }

  private isPaid(payment: PlannedPayment, transaction: FoldedTransaction): boolean {
    if (!payment.isAccepted) return transaction.status === 'REFUSED';
    if (transaction.status !== 'ACCEPTED') return false;
    return payment.isAuthorizationOnly || this.isSent(transaction);
  }

  /** In a remittance whose files were delivered: the evening was not interrupted. */
  private isSent(transaction: FoldedTransaction | undefined): boolean {
    const remittanceId = transaction?.remittanceId ?? null;
    return remittanceId !== null && this.trade.sentRemittances.has(remittanceId);
  }
}
