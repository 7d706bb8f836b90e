import { Injectable } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import { STORE_CATEGORY, type StoreEvent } from '@encaisse/merchant-onboarding/contract';
import {
  type ShopStore,
  shopStoreStream,
  type StoreRequest,
} from '@encaisse/merchant-onboarding/domain';
import { derivedUuid } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

const WAIT_LIMIT_MILLIS = 5000;

/** One stream for each shop and environment: two requests for the same means meet there. */
export function storeStreamId(place: {
  readonly environment: Environment;
  readonly shopId: string;
}) {
  return derivedUuid(`shop store|${place.environment}|${place.shopId}`);
}

/** What shops asked of the store, as this process knows it. */
@Injectable()
export class StoreBook {
  private readonly view: ReferenceView<Map<string, ShopStore>>;

  constructor(private readonly projections: Projections) {
    this.view = projections.follow({
      name: 'merchant-onboarding.store',
      version: 1,
      categories: [STORE_CATEGORY],
      initial: () => new Map<string, ShopStore>(),
      evolve(all, recorded) {
        const event = recorded as unknown as StoreEvent;
        const key = storeStreamId(event.data);
        return all.set(key, shopStoreStream.evolve(all.get(key) ?? shopStoreStream.initial, event));
      },
      toJson: (all) => [...all],
      fromJson: (json) => new Map(json as readonly (readonly [string, ShopStore])[]),
    });
  }

  of(environment: Environment, shopId: string): readonly StoreRequest[] {
    return this.view.current.get(storeStreamId({ environment, shopId }))?.requests ?? [];
  }

  all(): StoreRequest[] {
    return [...this.view.current.values()].flatMap(({ requests }) => requests);
  }

  async hasReached(position: number): Promise<void> {
    await this.projections.settleViews(position, WAIT_LIMIT_MILLIS);
  }
}
