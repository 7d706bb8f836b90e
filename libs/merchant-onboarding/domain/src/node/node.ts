import type { StreamType } from '@encaisse/kernel';
import {
  NODE_CATEGORY,
  type NodeEvent,
  type NodeOpened,
} from '@encaisse/merchant-onboarding/contract';

/** A tree node, as decisions need it. */
export type TreeNode =
  { readonly status: 'unknown' } | ({ readonly status: 'open' } & NodeOpened['data']);

export const nodeStream: StreamType<TreeNode, NodeEvent> = {
  category: NODE_CATEGORY,
  initial: { status: 'unknown' },
  schemaVersions: { NodeOpened: 1 },
  evolve(_state, { data }) {
    return { status: 'open', ...data };
  },
};
