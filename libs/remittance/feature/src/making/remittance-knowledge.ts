import { Injectable } from '@nestjs/common';
import type { DirectoryContract } from '@encaisse/merchant-onboarding/contract';
import { EventStore } from '@encaisse/platform/event-store';
import { Projections, type ReferenceView } from '@encaisse/platform/projections';
import { type Directory, directoryReference } from '@encaisse/merchant-onboarding/contract';
import { linesProjection } from '../lines/lines.projection';

const CATCH_UP_MILLIS = 120_000;

/** What this context knows of the log, and the waiting until it knows enough. */
@Injectable()
export class RemittanceKnowledge {
  private readonly directory: ReferenceView<Directory>;

  constructor(
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {
    projections.register(linesProjection);
    this.directory = projections.follow(directoryReference('remittance'));
  }

  contract(contractId: string): DirectoryContract | undefined {
    return this.directory.current.contract(contractId);
  }

  contracts(): Iterable<DirectoryContract> {
    return this.directory.current.allContracts();
  }

  isAtOrBelow(shopId: string, nodeId: string): boolean {
    return this.directory.current.isAtOrBelow(shopId, nodeId);
  }

  /** Waits until the lines and the contracts hold all that is recorded now. Throws when they lag. */
  async catchUp(): Promise<void> {
    const head = await this.store.lastPosition();
    const hasReached = await Promise.all([
      this.projections.waitFor(linesProjection.name, head, CATCH_UP_MILLIS),
      this.directory.waitFor(head, CATCH_UP_MILLIS),
    ]);
    if (!hasReached.every(Boolean))
      throw new Error(`${linesProjection.name} has not reached position ${head}`);
  }
}
