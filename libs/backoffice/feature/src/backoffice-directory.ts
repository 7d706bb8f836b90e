import { Inject, Injectable } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import { type Directory, directoryReference } from '@encaisse/merchant-onboarding/contract';
import { type Caller, notFound, ROOT_NODE } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';
import { SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';

/** What one request may see. */
export type ReadScope = {
  readonly environment: Environment;
  /** The node searched: the caller's own or one below it. */
  readonly nodeId: string;
  /** The shops at or below the node; null at the root, which needs no list. */
  readonly shopIds: readonly string[] | null;
  /** Months that can be searched there (GEN-09). */
  readonly historyMonths: number;
};

/** Places and contracts as the back office knows them, and what a caller may see of them. */
@Injectable()
export class BackofficeDirectory {
  private readonly view: ReferenceView<Directory>;

  constructor(
    projections: Projections,
    @Inject(SETTINGS_TOKEN) private readonly settings: Settings,
  ) {
    this.view = projections.follow(directoryReference('backoffice'));
  }

  get current(): Directory {
    return this.view.current;
  }

  /** Where in the log it stands. */
  get position(): number {
    return this.view.reached;
  }

  /** The scope of a request; a foreign node and a missing one get the same answer. */
  scopeOf(
    caller: Pick<Caller, 'nodeId' | 'environment'>,
    nodeId: string = caller.nodeId,
  ): ReadScope {
    const isForeign = nodeId !== caller.nodeId && !this.current.isAtOrBelow(nodeId, caller.nodeId);
    if (isForeign) throw notFound('node');
    const isRoot = nodeId === ROOT_NODE;
    return {
      environment: caller.environment,
      nodeId,
      shopIds: isRoot ? null : this.current.shopsAtOrBelow(nodeId),
      historyMonths: isRoot ? this.longestHistory() : this.historyOf(nodeId),
    };
  }

  /** The node and all below it. */
  nodesAtOrBelow(nodeId: string): readonly string[] {
    return this.current.nodesAtOrBelow(nodeId);
  }

  private historyOf(nodeId: string): number {
    return this.current.brandOf(nodeId)?.historyMonths ?? this.settings.historyMonths;
  }

  /** Above all brands, the longest of their histories can be searched. */
  private longestHistory(): number {
    const brands = this.current.childrenOf(ROOT_NODE);
    return Math.max(this.settings.historyMonths, ...brands.map((one) => one.historyMonths ?? 0));
  }
}
