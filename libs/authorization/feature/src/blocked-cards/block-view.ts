import type { Directory } from '@encaisse/merchant-onboarding/contract';
import type { Block } from './block-list';

/** A block as the API shows it: with its node's name, without what recognises the card. */
export function blockView(
  { cardFingerprint: _fingerprint, ...block }: Block,
  directory: Directory,
) {
  return { ...block, nodeName: directory.node(block.nodeId)?.name ?? null };
}
