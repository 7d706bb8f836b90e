import { Injectable } from '@nestjs/common';
import { BLOCKED_CARD_CATEGORY, type BlockedCardEvent } from '@encaisse/authorization/domain';
import type { Environment } from '@encaisse/kernel';
import { EventStore } from '@encaisse/platform/event-store';
import { positionNotReached } from '@encaisse/platform/http';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';
import { cardFingerprint, Keyring } from '@encaisse/platform/security';
import { AuthorizationDirectory } from '../authorization-directory';
import { BlockList } from './block-list';

const WAIT_LIMIT_MILLIS = 5000;

/** The blocked cards as this process knows them: a change holds here once its command is answered. */
@Injectable()
export class BlockedCards {
  private readonly view: ReferenceView<BlockList>;

  constructor(
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly keyring: Keyring,
    private readonly directory: AuthorizationDirectory,
  ) {
    this.view = projections.follow({
      name: 'authorization.blocked_cards',
      version: 1,
      categories: [BLOCKED_CARD_CATEGORY],
      initial: () => new BlockList(),
      evolve(list, event) {
        list.apply(event as unknown as BlockedCardEvent, event.metadata.actor.login);
        return list;
      },
      toJson: (list) => list.toJson(),
      fromJson: (json) => BlockList.fromJson(json),
    });
  }

  get current(): BlockList {
    return this.view.current;
  }

  /** Whether a shop, or a node above it, blocks a card (CARD-01, CARD-07). */
  isBlocked(environment: Environment, shopId: string, number: string): boolean {
    return this.directory.current
      .atOrAbove(shopId)
      .filter((nodeId) => this.current.hasBlocks(environment, nodeId))
      .some((nodeId) => {
        const fingerprint = this.fingerprint(environment, nodeId, number);
        return this.current.find({ environment, nodeId, cardFingerprint: fingerprint });
      });
  }

  fingerprint(environment: Environment, nodeId: string, number: string): string {
    return cardFingerprint(this.keyring, environment, nodeId, number);
  }

  /**
   * Waits until this process knows every block recorded so far, by whichever process: what an id belongs
   * to is told by the list. Throws the problem of a list that is late.
   */
  async catchUp(): Promise<void> {
    const head = await this.store.lastPosition();
    if (await this.view.waitFor(head, WAIT_LIMIT_MILLIS)) return;
    throw positionNotReached('the list of blocked cards is late; ask again in a moment');
  }

  /** The next payment of this process obeys what was just recorded. */
  async hasReached(position: number): Promise<void> {
    await this.projections.settleViews(position, WAIT_LIMIT_MILLIS);
  }
}
