import { Injectable } from '@nestjs/common';
import { Leases } from '@encaisse/platform/leases';

/**
 * Lets one thing at a time be done to remittances, in the whole installation: making them, sending
 * them, taking answers. A copy that lost its turn appends nothing more; what it began is taken up by
 * the next: event ids are derived, and streams take what they are expected to take.
 */
@Injectable()
export class MakingTurn {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly leases: Leases) {}

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last
      .catch(() => undefined)
      .then(() => this.leases.during('remittance.making', work));
    this.last = turn;
    return turn;
  }

  /** Resolves once nothing is being done any more by this process. */
  async idle(): Promise<void> {
    await this.last.catch(() => undefined);
  }
}
