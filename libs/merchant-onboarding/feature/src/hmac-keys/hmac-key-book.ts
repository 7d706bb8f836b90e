import { Injectable } from '@nestjs/common';
import type { Environment } from '@encaisse/kernel';
import { HMAC_KEY_CATEGORY, type HmacKeyEvent } from '@encaisse/merchant-onboarding/contract';
import { type HmacKeys, hmacKeyStream } from '@encaisse/merchant-onboarding/domain';
import { derivedUuid } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';

const WAIT_LIMIT_MILLIS = 5000;

/** Whose keys. */
export type KeyPlace = { readonly environment: Environment; readonly shopId: string };

/** One stream for all the keys of a shop in one environment: one of them at most is in force. */
export function keyStreamId({ environment, shopId }: KeyPlace): string {
  return derivedUuid(`hmac keys|${environment}|${shopId}`);
}

/** The keys of every shop as this process knows them: messages are authenticated without a read. */
@Injectable()
export class HmacKeyBook {
  private readonly view: ReferenceView<Map<string, HmacKeys>>;

  constructor(private readonly projections: Projections) {
    this.view = projections.follow({
      name: 'merchant-onboarding.hmac_keys',
      version: 1,
      categories: [HMAC_KEY_CATEGORY],
      initial: () => new Map<string, HmacKeys>(),
      evolve(all, recorded) {
        const event = recorded as unknown as HmacKeyEvent;
        const key = keyStreamId(event.data);
        return all.set(key, hmacKeyStream.evolve(all.get(key) ?? hmacKeyStream.initial, event));
      },
      toJson: (all) => [...all],
      fromJson: (json) => new Map(json as readonly (readonly [string, HmacKeys])[]),
    });
  }

  of(place: KeyPlace): HmacKeys {
    return this.view.current.get(keyStreamId(place)) ?? hmacKeyStream.initial;
  }

  all(): Iterable<HmacKeys> {
    return this.view.current.values();
  }

  /** The next message of this process is authenticated as was just recorded. */
  async hasReached(position: number): Promise<void> {
    await this.projections.settleViews(position, WAIT_LIMIT_MILLIS);
  }
}
