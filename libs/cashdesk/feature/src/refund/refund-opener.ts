import { Injectable } from '@nestjs/common';
import { fold, invariant, type Instant, type BusinessDay, type Money } from '@encaisse/kernel';
import {
  type Debit,
  openRefund,
  type Transaction,
  transactionStream,
} from '@encaisse/ledger/domain';
import { decodeEvent, type EventMetadata, Streams } from '@encaisse/platform/event-store';
import { TransactionNumbers } from '@encaisse/platform/runtime';

/** A refund as it was decided on its original. */
export type DecidedRefund = {
  readonly transactionId: string;
  readonly refundId: string;
  readonly amount: Money;
  readonly refundedAt: Instant;
  readonly businessDay: BusinessDay;
};

export type OpenedRefund = { readonly refund: Transaction; readonly position: number };

/**
 * Opens the stream of a refund that was decided on its original, once: whoever comes first, the request
 * that decided it or the consumer of that decision.
 */
@Injectable()
export class RefundOpener {
  constructor(
    private readonly streams: Streams,
    private readonly numbers: TransactionNumbers,
  ) {}

  async open(
    { refundId, amount, refundedAt: at, businessDay }: DecidedRefund,
    original: Debit,
    metadata: EventMetadata,
  ): Promise<OpenedRefund> {
    const transactionNumber = await this.numbers.next();
    const opening = openRefund(
      { refundId, transactionNumber, amount, outcome: 'accepted', at, businessDay },
      original,
    );
    const result = await this.streams.append(
      transactionStream,
      refundId,
      'no-stream',
      opening,
      metadata,
    );
    if (result.kind === 'appended')
      return { refund: fold(transactionStream, opening), position: result.position };
    return this.opened(refundId, original.request.transactionId);
  }

  /** The refund as its first events left it. Throws when the stream is that of something else. */
  private async opened(refundId: string, originalId: string): Promise<OpenedRefund> {
    const { events } = await this.streams.load(transactionStream, refundId);
    const first = events.slice(0, 2);
    const refund = fold(
      transactionStream,
      first.map((event) => decodeEvent(transactionStream, event)),
    );
    invariant(
      refund.kind === 'refund' && refund.request.originalTransactionId === originalId,
      `${refundId} is a refund of ${originalId}`,
    );
    return { refund, position: first.at(-1)?.position ?? 0 };
  }
}
