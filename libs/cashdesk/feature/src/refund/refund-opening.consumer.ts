import { Injectable, type OnModuleInit } from '@nestjs/common';
import { invariant } from '@encaisse/kernel';
import {
  REFUND_DECIDED_V1,
  type RefundDecidedV1,
  refundPublication,
} from '@encaisse/cashdesk/contract';
import { transactionStream } from '@encaisse/ledger/domain';
import { EventStore, Streams } from '@encaisse/platform/event-store';
import { type Message, MessageBus } from '@encaisse/platform/message-bus';
import { RefundOpener } from './refund-opener';

/**
 * Opens what a crash left unopened, where the event store records in one stream at a time (D4): the
 * original's event has decided the refund, its own stream follows from it. Opening it again does nothing.
 */
@Injectable()
export class RefundOpeningConsumer implements OnModuleInit {
  constructor(
    private readonly bus: MessageBus,
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly opener: RefundOpener,
  ) {}

  onModuleInit(): void {
    if (this.store.capabilities.isAtomicAcrossStreams) return;
    this.bus.publish(refundPublication);
    this.bus.subscribe({
      group: 'cashdesk.refund-opening',
      types: [REFUND_DECIDED_V1],
      handle: (message) => this.open(message),
    });
  }

  async open({ data, id }: Message): Promise<void> {
    const decided = data as RefundDecidedV1;
    const { refundId, transactionId } = decided;
    const refund = await this.streams.load(transactionStream, refundId);
    if (refund.state.kind === 'refund') return;
    const { state, events } = await this.streams.load(transactionStream, transactionId);
    invariant(state.kind === 'debit', `${transactionId} is a debit that was refunded`);
    const cause = events.find(({ eventId }) => id.startsWith(eventId));
    invariant(cause, `${transactionId} holds the decision of ${refundId}`);
    const metadata = { ...cause.metadata, causationId: cause.eventId };
    await this.opener.open(decided, state, metadata);
  }
}
