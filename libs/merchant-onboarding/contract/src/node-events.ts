import type { Instant } from '@encaisse/kernel';

/** The three levels of the tree (TREE-01), from top to base. */
export const NODE_LEVELS = ['BRAND', 'GROUP', 'SHOP'] as const;
export type NodeLevel = (typeof NODE_LEVELS)[number];

/** The category of the streams of tree nodes. */
export const NODE_CATEGORY = 'onboarding.node';

export type NodeOpened = {
  readonly type: 'NodeOpened';
  readonly data: {
    readonly nodeId: string;
    readonly level: NodeLevel;
    /** Null for a brand, which stands at the top. */
    readonly parentId: string | null;
    readonly name: string;
    /** Brands only: months that can be searched (GEN-09); null takes the installation's setting. */
    readonly historyMonths: number | null;
    /** Shops only: seven digits (GEN-04). */
    readonly siteNumber: string | null;
    /** Shops only: three digits (GEN-04). */
    readonly rank: string | null;
    /** Shops only: one to nine digits (GEN-04). */
    readonly merchantIdentifier: string | null;
    readonly openedAt: Instant;
  };
};

/** A shop stands under another group of its brand from now on, with all its history (TREE-02). */
export type ShopMoved = {
  readonly type: 'ShopMoved';
  readonly data: {
    readonly nodeId: string;
    readonly commandId: string;
    readonly formerParentId: string;
    readonly parentId: string;
    readonly movedAt: Instant;
  };
};

export type NodeRenamed = {
  readonly type: 'NodeRenamed';
  readonly data: {
    readonly nodeId: string;
    readonly commandId: string;
    readonly name: string;
    readonly renamedAt: Instant;
  };
};

export type NodeEvent = NodeOpened | ShopMoved | NodeRenamed;
