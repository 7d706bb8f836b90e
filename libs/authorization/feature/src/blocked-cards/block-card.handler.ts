import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  blockCard,
  type BlockCardRefusal,
  blockedCardStream,
  type BlockReason,
  type CardBlocked,
  type CardUnblocked,
  unblockCard,
} from '@encaisse/authorization/domain';
import type { Environment } from '@encaisse/kernel';
import { Clock } from '@encaisse/platform/clock';
import { type EventMetadata, type StreamDecision, Streams } from '@encaisse/platform/event-store';
import { derivedUuid } from '@encaisse/platform/http';
import { maskCardNumber } from '@encaisse/platform/security';
import type { BlockPlace } from './block-list';
import { BlockedCards } from './blocked-cards';

type BlockCardResult = StreamDecision<CardBlocked, BlockCardRefusal>;
type UnblockCardResult = StreamDecision<CardUnblocked, { readonly code: 'block-unknown' }>;

/** A card to block. Lives in memory: it holds the number. */
export type CardToBlock = {
  readonly blockId: string;
  readonly environment: Environment;
  readonly nodeId: string;
  /** Digits only, checked. */
  readonly number: string;
  readonly reason: BlockReason | null;
  readonly transactionId: string | null;
};

export class BlockCardCommand extends Command<BlockCardResult> {
  constructor(
    readonly card: CardToBlock,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(BlockCardCommand)
export class BlockCardHandler implements ICommandHandler<BlockCardCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly blockedCards: BlockedCards,
  ) {}

  async execute({ card, metadata }: BlockCardCommand): Promise<BlockCardResult> {
    await this.blockedCards.catchUp();
    const { number, ...block } = card;
    const { environment, nodeId, blockId } = block;
    const cardFingerprint = this.blockedCards.fingerprint(environment, nodeId, number);
    const streamId = streamIdOf({ environment, nodeId, cardFingerprint });
    const known = this.blockedCards.current.place(blockId);
    const isIdTaken = known !== undefined && streamIdOf(known) !== streamId;
    const maskedNumber = maskCardNumber(number);
    const at = this.clock.now();
    const result = await this.streams.decide(
      blockedCardStream,
      streamId,
      (state) => blockCard({ ...block, cardFingerprint, maskedNumber, isIdTaken, at }, state),
      metadata,
    );
    await this.blockedCards.hasReached(result.position);
    return result;
  }
}

export class UnblockCardCommand extends Command<UnblockCardResult> {
  constructor(
    readonly blockId: string,
    readonly place: BlockPlace,
    readonly metadata: EventMetadata,
  ) {
    super();
  }
}

@CommandHandler(UnblockCardCommand)
export class UnblockCardHandler implements ICommandHandler<UnblockCardCommand> {
  constructor(
    private readonly streams: Streams,
    private readonly clock: Clock,
    private readonly blockedCards: BlockedCards,
  ) {}

  async execute({ blockId, place, metadata }: UnblockCardCommand): Promise<UnblockCardResult> {
    const at = this.clock.now();
    const result = await this.streams.decide(
      blockedCardStream,
      streamIdOf(place),
      (state) => unblockCard({ blockId, at }, state),
      metadata,
    );
    await this.blockedCards.hasReached(result.position);
    return result;
  }
}

/** One stream for each card of each node, so that two who block the same card at once meet there. */
function streamIdOf({ environment, nodeId, cardFingerprint }: BlockPlace): string {
  return derivedUuid(`blocked card|${environment}|${nodeId}|${cardFingerprint}`);
}
