import { Injectable } from '@nestjs/common';
import {
  type Directory,
  type DirectoryContract,
  directoryReference,
} from '@encaisse/merchant-onboarding/contract';
import { type Caller, Problem, problems } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

/** One row per refusal: a refusal without its row does not compile. */
const PROBLEMS = problems({
  'unknown-shop': { status: 422, title: 'There is no such shop' },
  'unknown-contract': { status: 422, title: 'There is no such contract' },
  'several-contracts': { status: 422, title: 'Several contracts fit: name one' },
  'currency-not-of-contract': { status: 422, title: 'The contract has another currency' },
  'means-not-of-contract': { status: 422, title: 'The contract is for another payment means' },
});

/** What a payment says of where it belongs: a contract, or enough to find the only one that fits. */
export type ContractChoice = {
  readonly shopId?: string | undefined;
  readonly contractId?: string | undefined;
  readonly contractNumber?: string | undefined;
  readonly paymentMeans?: string | undefined;
  readonly currency: string;
};

/** Places and contracts as authorisation needs them. */
@Injectable()
export class AuthorizationDirectory {
  private readonly view: ReferenceView<Directory>;

  constructor(projections: Projections) {
    this.view = projections.follow(directoryReference('authorization'));
  }

  get current(): Directory {
    return this.view.current;
  }

  isVisible(shopId: string, caller: Caller): boolean {
    return this.current.isAtOrBelow(shopId, caller.nodeId);
  }

  /** The contract of a payment. Throws a problem naming the field when none or several fit. */
  contractFor(choice: ContractChoice, caller: Caller): DirectoryContract {
    const candidates = this.candidates(choice, caller);
    const ofMeans = candidates.filter(
      ({ paymentMeans }) =>
        choice.paymentMeans === undefined || paymentMeans === choice.paymentMeans,
    );
    if (candidates.length === 0) throw this.unknownContract(choice);
    if (ofMeans.length === 0) {
      const allowed = [...new Set(candidates.map(({ paymentMeans }) => paymentMeans))];
      const detail = `/paymentMeans must be one of ${allowed.join(', ')}`;
      const members = { pointer: '/paymentMeans', allowed };
      throw new Problem(
        'means-not-of-contract',
        PROBLEMS['means-not-of-contract'],
        detail,
        members,
      );
    }
    const fitting = ofMeans.filter(({ currency }) => currency === choice.currency);
    if (fitting.length === 0) throw wrongCurrency(ofMeans);
    const active = fitting.filter(({ isActive }) => isActive);
    const [first, second] = active.length > 0 ? active : fitting;
    if (first === undefined || second !== undefined)
      throw new Problem(
        'several-contracts',
        PROBLEMS['several-contracts'],
        'several contracts of the shop fit: send contractId, or paymentMeans and contractNumber',
        { pointer: '/contractId', allowed: fitting.map(({ contractId }) => contractId) },
      );
    return first;
  }

  private candidates(choice: ContractChoice, caller: Caller): DirectoryContract[] {
    const { current } = this;
    if (choice.contractId !== undefined) {
      const contract = current.contractBelow(choice.contractId, caller);
      const isOfShop = choice.shopId === undefined || contract?.shopId === choice.shopId;
      return contract && isOfShop ? [contract] : [];
    }
    const shopId = choice.shopId ?? caller.nodeId;
    if (current.node(shopId)?.level !== 'SHOP' || !this.isVisible(shopId, caller))
      throw new Problem(
        'unknown-shop',
        PROBLEMS['unknown-shop'],
        '/shopId must be the id of a shop you can see',
        { pointer: '/shopId' },
      );
    return current
      .contractsOfShop(shopId, caller.environment)
      .filter(
        ({ contractNumber }) =>
          choice.contractNumber === undefined || contractNumber === choice.contractNumber,
      );
  }

  private unknownContract(choice: ContractChoice): Problem {
    const pointer =
      choice.contractId !== undefined
        ? '/contractId'
        : choice.contractNumber !== undefined
          ? '/contractNumber'
          : '/shopId';
    const detail = `${pointer}: no contract of the shop fits`;
    return new Problem('unknown-contract', PROBLEMS['unknown-contract'], detail, { pointer });
  }
}

function wrongCurrency(contracts: readonly DirectoryContract[]): Problem {
  const allowed = [...new Set(contracts.map(({ currency }) => currency))];
  return new Problem(
    'currency-not-of-contract',
    PROBLEMS['currency-not-of-contract'],
    `/amount/currency must be ${allowed.join(' or ')}`,
    { pointer: '/amount/currency', allowed },
  );
}
