import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { BlockedCard } from './blocked-card';
import type { CardBlocked, CardUnblocked } from './blocked-card-events';

/** Blocks a card at a node and below it (CARD-07). */
export type BlockCard = Omit<CardBlocked['data'], 'blockedAt'> & {
  readonly at: Instant;
  /** The id is already that of the block of another card. */
  readonly isIdTaken: boolean;
};

/** Why a block is refused. When several reasons apply, the first one listed is given. */
export type BlockCardRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'card-already-blocked'; readonly blockId: string };

export function blockCard(
  { at, isIdTaken, ...block }: BlockCard,
  card: BlockedCard,
): Decision<CardBlocked, BlockCardRefusal> {
  const earlier = card.blocks[block.blockId];
  if (earlier !== undefined) {
    const isSame = earlier.reason === block.reason && earlier.transactionId === block.transactionId;
    return isSame ? accept() : refuse({ code: 'id-reused' });
  }
  if (isIdTaken) return refuse({ code: 'id-reused' });
  if (card.current !== null)
    return refuse({ code: 'card-already-blocked', blockId: card.current.blockId });
  return accept({ type: 'CardBlocked', data: { ...block, blockedAt: at } });
}

/** Lifts a block; nothing happens when it was lifted before, also when the card is blocked anew. */
export function unblockCard(
  { blockId, at }: { readonly blockId: string; readonly at: Instant },
  card: BlockedCard,
): Decision<CardUnblocked, { readonly code: 'block-unknown' }> {
  const block = card.blocks[blockId];
  if (block === undefined) return refuse({ code: 'block-unknown' });
  if (card.current?.blockId !== blockId) return accept();
  const { environment, nodeId, cardFingerprint } = block;
  return accept({
    type: 'CardUnblocked',
    data: { blockId, environment, nodeId, cardFingerprint, unblockedAt: at },
  });
}
