import { Injectable } from '@nestjs/common';
import { type Operation, OPERATIONS, type Transaction } from '@encaisse/ledger/domain';
import { type Directory, directoryReference } from '@encaisse/merchant-onboarding/contract';
import { type Caller, notFound } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

/**
 * Operations that a payment means does not support (CASH-01). Vouchers are given back by their issuer,
 * and a partner's account cannot be charged again without its holder.
 */
const UNSUPPORTED: Readonly<Record<string, readonly Operation[]>> = {
  ANCV: ['refund', 'modify', 'duplicate'],
  PAYPAL: ['duplicate', 'block-card'],
};

/** Places and contracts as the cash desk needs them. */
@Injectable()
export class CashdeskDirectory {
  private readonly view: ReferenceView<Directory>;

  constructor(projections: Projections) {
    this.view = projections.follow(directoryReference('cashdesk'));
  }

  /** Refuses what the caller may not see exactly as what does not exist. */
  assertVisible(
    state: Transaction,
    caller: Caller,
  ): asserts state is Exclude<Transaction, { kind: 'none' }> {
    if (state.kind === 'none') throw notFound('transaction');
    const { environment, shopId } =
      state.kind === 'refused-cancellation' ? state.entry : state.request;
    const isVisible =
      environment === caller.environment && this.view.current.isAtOrBelow(shopId, caller.nodeId);
    if (!isVisible) throw notFound('transaction');
  }

  isContractActive(contractId: string): boolean {
    return this.view.current.contract(contractId)?.isActive ?? false;
  }

  supportedOperations(paymentMeans: string): ReadonlySet<Operation> {
    const unsupported = UNSUPPORTED[paymentMeans] ?? [];
    return new Set(OPERATIONS.filter((operation) => !unsupported.includes(operation)));
  }
}
