import type { ShopMoved } from '@encaisse/merchant-onboarding/contract';
import type { SqlSession } from '@encaisse/platform/postgres';
import { sumUpNodes } from './roll-ups';

/**
 * Puts a shop under another group of its brand: all its figures, past ones too, are the new group's and no
 * longer the old one's (TREE-02). Brand and root have the shop as before.
 */
export async function moveShop(
  { nodeId, formerParentId, parentId }: ShopMoved['data'],
  session: SqlSession,
): Promise<void> {
  await session.query('update nodes set parent_id = $2 where node_id = $1', [nodeId, parentId]);
  await session.query('delete from node_shops where shop_id = $1 and node_id = $2', [
    nodeId,
    formerParentId,
  ]);
  await session.query(
    'insert into node_shops (node_id, shop_id) values ($1, $2) on conflict do nothing',
    [parentId, nodeId],
  );
  await sumUpNodes([formerParentId, parentId], session);
}
