import type { StreamType } from '@encaisse/kernel';
import {
  BLOCKED_CARD_CATEGORY,
  type BlockedCardEvent,
  type CardBlocked,
} from './blocked-card-events';

/** One card of one node: the block that holds, and all there ever were. */
export type BlockedCard = {
  /** Null while the node takes the card. */
  readonly current: CardBlocked['data'] | null;
  /** By id, so that a repeated command is known after its block was lifted. */
  readonly blocks: Readonly<Record<string, CardBlocked['data']>>;
};

export const blockedCardStream: StreamType<BlockedCard, BlockedCardEvent> = {
  category: BLOCKED_CARD_CATEGORY,
  initial: { current: null, blocks: {} },
  schemaVersions: { CardBlocked: 1, CardUnblocked: 1 },
  evolve(state, { type, data }) {
    if (type === 'CardUnblocked') return { ...state, current: null };
    return { current: data, blocks: { ...state.blocks, [data.blockId]: data } };
  },
};
