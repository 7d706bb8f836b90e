import type { NodeOpened } from '@encaisse/merchant-onboarding/contract';
import type { SqlSession } from '@encaisse/platform/postgres';
import { ROOT_NODE_ID } from './journal-tables';

/** Adds nodes to the tree, and each shop to every node above it. Parents come before their children. */
export async function openNodes(
  nodes: readonly NodeOpened['data'][],
  session: SqlSession,
): Promise<void> {
  if (nodes.length === 0) return;
  const parents = nodes.map(({ parentId }) => parentId ?? ROOT_NODE_ID);
  await session.query(
    `insert into nodes (node_id, parent_id, history_months)
     select * from unnest($1::uuid[], $2::uuid[], $3::smallint[])`,
    [
      nodes.map(({ nodeId }) => nodeId),
      parents,
      nodes.map(({ historyMonths }) => historyMonths ?? null),
    ],
  );
  const shopIds = nodes.filter(({ level }) => level === 'SHOP').map(({ nodeId }) => nodeId);
  await session.query(
    `insert into node_shops (node_id, shop_id)
     with recursive above (node_id, shop_id) as (
       select shop_id, shop_id from unnest($1::uuid[]) s (shop_id)
       union all
       select n.parent_id, a.shop_id from above a join nodes n using (node_id)
     )
     select node_id, shop_id from above
     on conflict do nothing`,
    [shopIds],
  );
}
