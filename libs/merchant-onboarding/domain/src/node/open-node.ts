import { accept, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { NodeLevel, NodeOpened } from '@encaisse/merchant-onboarding/contract';
import type { TreeNode } from './node';

/** Adds a brand, a group or a shop to the tree (TREE-01). */
export type OpenNode = Omit<NodeOpened['data'], 'openedAt'> & {
  readonly at: Instant;
  /** Level of the parent, null when there is no such node. */
  readonly parentLevel: NodeLevel | null;
};

/** Why a node is refused. When several reasons apply, the first one listed is given. */
export type OpenNodeRefusal =
  | { readonly code: 'id-reused' }
  | { readonly code: 'parent-unknown' }
  | { readonly code: 'parent-level-wrong'; readonly expected: NodeLevel | null }
  | { readonly code: 'shop-identifiers-missing' }
  | { readonly code: 'field-of-another-level'; readonly field: string };

const PARENT_LEVEL: Readonly<Record<NodeLevel, NodeLevel | null>> = {
  BRAND: null,
  GROUP: 'BRAND',
  SHOP: 'GROUP',
};

export function openNode(
  { at, parentLevel, ...node }: OpenNode,
  state: TreeNode,
): Decision<NodeOpened, OpenNodeRefusal> {
  if (state.status === 'open') {
    const { opened: earlier } = state;
    const isReplay = (Object.keys(node) as (keyof typeof node)[]).every(
      (field) => earlier[field] === node[field],
    );
    return isReplay ? accept() : refuse({ code: 'id-reused' });
  }
  if (node.parentId !== null && parentLevel === null) return refuse({ code: 'parent-unknown' });
  const expected = PARENT_LEVEL[node.level];
  if (parentLevel !== expected) return refuse({ code: 'parent-level-wrong', expected });
  const isShop = node.level === 'SHOP';
  const identifiers = [node.siteNumber, node.rank, node.merchantIdentifier];
  if (isShop && identifiers.includes(null)) return refuse({ code: 'shop-identifiers-missing' });
  if (!isShop && identifiers.some((identifier) => identifier !== null))
    return refuse({
      code: 'field-of-another-level',
      field: 'siteNumber, rank, merchantIdentifier',
    });
  if (node.level !== 'BRAND' && node.historyMonths !== null)
    return refuse({ code: 'field-of-another-level', field: 'historyMonths' });
  return accept({ type: 'NodeOpened', data: { ...node, openedAt: at } });
}
