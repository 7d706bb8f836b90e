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

  /**
   * Waits until the lines and the contracts hold all that is recorded now, and gives the checkpoint of
   * the lines. Throws when they lag.
   */
  async catchUp(): Promise<number> {
    const head = await this.store.lastPosition();
    const [checkpoint, hasContracts] = await Promise.all([
      this.projections.checkpointAt(linesProjection.name, head, CATCH_UP_MILLIS),
      this.directory.waitFor(head, CATCH_UP_MILLIS),
    ]);
    if (checkpoint === null || !hasContracts)
      throw new Error(`${linesProjection.name} has not reached position ${head}`);
    return checkpoint;
  }

  /**
   * Rows are committed without waiting for the disk: a crash of the server takes the newest back, while
   * this process remembers that it wrote them. Throws when rows were read that lack some of them.
   */
  async requireHeld(position: number, checkpoint: number): Promise<void> {
    if (position >= checkpoint) return;
    await this.projections.lookAgain(linesProjection.name);
    throw new Error(`${linesProjection.name} fell back from position ${checkpoint} to ${position}`);
  }
}
