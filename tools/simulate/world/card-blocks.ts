import type { Chance } from './chance';
import type { Request } from './client';
import { callerAt } from './product';
import { call, callerOf, type Merchant, metadataOf } from './requests';

/** What a route adds to the action log, which the simulated HTTP layer does not write. */
const UNREAD = { about: () => undefined, changed: () => undefined };

/** What to ask, what would be other content under the same id, and what follows the answer. */
type Ask = {
  readonly request: Request;
  readonly other?: Request;
  readonly onDone: (position: number) => void;
};

/** The blocks that a trade asks for, and those it can have lifted. */
export class CardBlocks {
  /** Where the log stood when a block or its lifting was last acknowledged. */
  seenPosition = 0;
  /** Acknowledged and not lifted yet. */
  private readonly blocks: { readonly merchant: Merchant; readonly blockId: string }[] = [];

  constructor(
    private readonly chance: Chance,
    private readonly cards: readonly string[],
  ) {}

  /** A card typed at a node of the merchant, or the one of a transaction. */
  block(id: string, target: { readonly id: string; readonly merchant: Merchant }): Ask {
    const { chance, cards } = this;
    const { merchant } = target;
    const nodeId = chance.one([merchant.shopId, merchant.groupId, merchant.brandId]);
    const number = chance.one(cards);
    const onDone = (position: number): void => {
      this.seenPosition = Math.max(this.seenPosition, position);
      this.blocks.push({ merchant, blockId: id });
    };
    if (chance.happens(0.4)) return { request: blockCardOf(merchant, id, target.id), onDone };
    const another = cards.find((one) => one !== number)!;
    const request = blockTypedCard(merchant, id, nodeId, number);
    return { request, other: blockTypedCard(merchant, id, nodeId, another), onDone };
  }

  /** Lifts the oldest block; null when there is none. */
  lift(id: string): Ask | null {
    const block = this.blocks.shift();
    if (!block) return null;
    const onDone = (position: number): void => {
      this.seenPosition = Math.max(this.seenPosition, position);
    };
    return { request: liftBlock(block.merchant, id, block.blockId), onDone };
  }
}

/** Blocks a typed card at a node of the merchant. */
function blockTypedCard(
  merchant: Merchant,
  id: string,
  nodeId: string,
  cardNumber: string,
): Request {
  const caller = callerAt(merchant.brandId, merchant.environment, merchant.name);
  return {
    id,
    service: 'authorization',
    name: 'block',
    send: (product, reply) =>
      call(product, 'BlockedCardsController', 'add', [
        { id, nodeId, cardNumber },
        undefined,
        caller,
        metadataOf(merchant, id),
        UNREAD,
        reply,
      ]),
  };
}

/** Blocks the card of a transaction at its shop. */
function blockCardOf(merchant: Merchant, id: string, transactionId: string): Request {
  return {
    id,
    service: 'authorization',
    name: 'block-card',
    send: (product, reply) =>
      call(product, 'BlockCardOfTransactionController', 'block', [
        transactionId,
        { id },
        undefined,
        callerOf(merchant),
        metadataOf(merchant, id),
        UNREAD,
        reply,
      ]),
  };
}

function liftBlock(merchant: Merchant, id: string, blockId: string): Request {
  const caller = callerAt(merchant.brandId, merchant.environment, merchant.name);
  return {
    id,
    service: 'authorization',
    name: 'unblock',
    send: (product, reply) =>
      call(product, 'BlockedCardsController', 'lift', [
        blockId,
        caller,
        metadataOf(merchant, id),
        UNREAD,
        reply,
      ]),
  };
}
