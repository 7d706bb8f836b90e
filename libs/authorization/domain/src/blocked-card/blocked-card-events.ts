import type { Environment, Instant } from '@encaisse/kernel';

/** The category of the streams of blocked cards: one for each card of each node. */
export const BLOCKED_CARD_CATEGORY = 'authorization.blocked_card';

/** Why a merchant wants a card no more. A choice, so that no text tells of a person. */
export const BLOCK_REASONS = ['FRAUD', 'UNPAID', 'DISPUTE', 'OTHER'] as const;
export type BlockReason = (typeof BLOCK_REASONS)[number];

/** A node takes this card no more, and no shop below it does (CARD-07). */
export type CardBlocked = {
  readonly type: 'CardBlocked';
  readonly data: {
    readonly blockId: string;
    readonly environment: Environment;
    readonly nodeId: string;
    /** Digest of the whole number under the key of the node: it tells nothing to another node. */
    readonly cardFingerprint: string;
    /** First six and last four digits, a star for each other. */
    readonly maskedNumber: string;
    readonly reason: BlockReason | null;
    /** The transaction it was blocked from (CASH-21), null when it was typed. */
    readonly transactionId: string | null;
    readonly blockedAt: Instant;
  };
};

/** The node takes the card again from this instant on (CARD-05). */
export type CardUnblocked = {
  readonly type: 'CardUnblocked';
  readonly data: {
    readonly blockId: string;
    readonly environment: Environment;
    readonly nodeId: string;
    readonly cardFingerprint: string;
    readonly unblockedAt: Instant;
  };
};

export type BlockedCardEvent = CardBlocked | CardUnblocked;
