import { DemoFailure } from '../demo-failure';
import type { LoggedEvent } from '../fold-events';
import type { ProductApi } from './product-api';

const PAGE = 5000;

/** The whole log of the environment, as the auditor's API gives it, and what is missing from it. */
export type ReadLog = {
  readonly events: readonly LoggedEvent[];
  /** Positions between two pages that were neither given nor said to be withheld. */
  readonly missingCount: number;
};

export async function readLog(api: ProductApi): Promise<ReadLog> {
  const events: LoggedEvent[] = [];
  let missingCount = 0;
  for (let after = 0; ;) {
    const page = (await api.find(`/api/v1/events?after=${after}&limit=${PAGE}`)) as {
      items: LoggedEvent[];
      readUpTo: number;
      withheld: number;
      isLast: boolean;
    } | null;
    if (page === null)
      throw new DemoFailure('Ce produit ne donne pas ses événements : GET /api/v1/events manque.');
    for (const event of page.items) events.push(event);
    missingCount += page.readUpTo - after - page.items.length - page.withheld;
    after = page.readUpTo;
    if (page.isLast) return { events, missingCount };
  }
}
