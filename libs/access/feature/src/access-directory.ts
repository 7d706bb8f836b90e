import { Injectable } from '@nestjs/common';
import { type Directory, directoryReference } from '@encaisse/merchant-onboarding/contract';
import { ROOT_NODE } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

/** The tree, as far as users and their scopes need it. */
@Injectable()
export class AccessDirectory {
  private readonly view: ReferenceView<Directory>;

  constructor(projections: Projections) {
    this.view = projections.follow(directoryReference('access'));
  }

  get current(): Directory {
    return this.view.current;
  }

  isAtOrBelow(nodeId: string, ancestorId: string): boolean {
    if (nodeId === ROOT_NODE) return ancestorId === ROOT_NODE;
    return this.current.isAtOrBelow(nodeId, ancestorId);
  }

  /** A node and all below it, the root included when asked for. */
  nodesAtOrBelow(nodeId: string): string[] {
    return this.current.nodesAtOrBelow(nodeId);
  }

  /** The brand of a node; the node itself above all brands. */
  brandOf(nodeId: string): string {
    return this.current.brandOf(nodeId)?.nodeId ?? nodeId;
  }
}
