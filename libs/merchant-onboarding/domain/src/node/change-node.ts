import { accept, canonicalJson, type Decision, type Instant, refuse } from '@encaisse/kernel';
import type { NodeLevel, NodeRenamed, ShopMoved } from '@encaisse/merchant-onboarding/contract';
import type { NodeCommandContent, TreeNode } from './node';

/** Puts a shop under another group of its brand; its history goes with it. */
export type MoveShop = {
  readonly commandId: string;
  readonly parentId: string;
  /** Level of the new parent, null when there is no such node. */
  readonly parentLevel: NodeLevel | null;
  /** Whether the new parent belongs to the brand of the shop. */
  readonly isSameBrand: boolean;
  readonly at: Instant;
};

/** Why a node is not changed. When several reasons apply, the first one listed is given. */
export type ChangeNodeRefusal = { readonly code: 'node-unknown' } | { readonly code: 'id-reused' };

export type MoveShopRefusal =
  | ChangeNodeRefusal
  | { readonly code: 'only-shops-move' }
  | { readonly code: 'parent-unknown' }
  | { readonly code: 'parent-level-wrong'; readonly expected: 'GROUP' }
  | { readonly code: 'other-brand' };

export function moveShop(
  { commandId, parentId, parentLevel, isSameBrand, at }: MoveShop,
  node: TreeNode,
): Decision<ShopMoved, MoveShopRefusal> {
  if (node.status === 'unknown') return refuse({ code: 'node-unknown' });
  const repeat = repeatOf(commandId, { parentId }, node);
  if (repeat !== null) return repeat;
  const { nodeId, parentId: formerParentId } = node;
  if (node.level !== 'SHOP' || formerParentId === null) return refuse({ code: 'only-shops-move' });
  if (parentLevel === null) return refuse({ code: 'parent-unknown' });
  if (parentLevel !== 'GROUP') return refuse({ code: 'parent-level-wrong', expected: 'GROUP' });
  if (!isSameBrand) return refuse({ code: 'other-brand' });
  if (formerParentId === parentId) return accept();
  const data = { nodeId, commandId, formerParentId, parentId, movedAt: at };
  return accept({ type: 'ShopMoved', data });
}

export function renameNode(
  {
    commandId,
    name,
    at,
  }: { readonly commandId: string; readonly name: string; readonly at: Instant },
  node: TreeNode,
): Decision<NodeRenamed, ChangeNodeRefusal> {
  if (node.status === 'unknown') return refuse({ code: 'node-unknown' });
  const repeat = repeatOf(commandId, { name }, node);
  if (repeat !== null) return repeat;
  if (node.name === name) return accept();
  const data = { nodeId: node.nodeId, commandId, name, renamedAt: at };
  return accept({ type: 'NodeRenamed', data });
}

/** A command that comes again changes nothing, whatever was done since; null for a new one. */
function repeatOf(
  commandId: string,
  content: NodeCommandContent,
  { commands }: Exclude<TreeNode, { status: 'unknown' }>,
): Decision<never, { readonly code: 'id-reused' }> | null {
  const earlier = commands[commandId];
  if (earlier === undefined) return null;
  const isSame = canonicalJson(earlier) === canonicalJson(content);
  return isSame ? accept() : refuse({ code: 'id-reused' });
}
