import type { BlockCardRefusal } from '@encaisse/authorization/domain';
import type { BlockTransactionCardRefusal } from '@encaisse/ledger/domain';
import { problems } from '@encaisse/platform/http';

/** One row per refusal: a refusal without its row does not compile. */
export const BLOCK_PROBLEMS = problems<BlockCardRefusal['code'] | 'block-unknown'>({
  'id-reused': { status: 409, title: 'This id was used for another request' },
  'card-already-blocked': { status: 409, title: 'The card is blocked at this node already' },
  'block-unknown': { status: 404, title: 'There is no such block' },
});

export const BLOCK_FROM_TRANSACTION_PROBLEMS = problems<BlockTransactionCardRefusal['code']>({
  'no-card': { status: 409, title: 'The transaction was made without a card' },
  'no-stored-card': { status: 409, title: 'The card is no longer stored' },
});

export const TYPED_CARD_PROBLEMS = problems({
  'card-number-invalid': { status: 422, title: 'The card number cannot be one' },
});

export function blockRefusalDetail(refusal: BlockCardRefusal): string {
  return refusal.code === 'card-already-blocked'
    ? `the block ${refusal.blockId} holds already`
    : refusal.code;
}
