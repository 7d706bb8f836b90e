import { Injectable } from '@nestjs/common';
import { type Directory, directoryReference } from '@encaisse/merchant-onboarding/contract';
import { type Caller, notFound } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

/** The places and contracts this context answers from. */
@Injectable()
export class MerchantDirectory {
  private readonly view: ReferenceView<Directory>;

  constructor(private readonly projections: Projections) {
    this.view = projections.follow(directoryReference('merchant-onboarding'));
  }

  get current(): Directory {
    return this.view.current;
  }

  /** The next command or read of this process, of any context, sees what was just recorded. */
  async hasReached(position: number): Promise<void> {
    await this.projections.settle(position, 5000);
  }

  /** A node the caller may see; the same answer for a foreign and a missing one. */
  visibleNode(nodeId: string, caller: Caller) {
    const node = this.current.node(nodeId);
    if (!node || !this.current.isAtOrBelow(nodeId, caller.nodeId)) throw notFound('node');
    return node;
  }

  /** A shop the caller may see; the same answer for a foreign one, a missing one, a group or a brand. */
  visibleShop(shopId: string, caller: Caller) {
    const shop = this.current.node(shopId);
    const isVisible = shop?.level === 'SHOP' && this.current.isAtOrBelow(shopId, caller.nodeId);
    if (!shop || !isVisible) throw notFound('shop');
    return shop;
  }

  /** A contract of the caller's environment and node; the same answer otherwise. */
  visibleContract(contractId: string, caller: Caller) {
    const contract = this.current.contractBelow(contractId, caller);
    if (!contract) throw notFound('contract');
    return contract;
  }
}
