import { positionNotReached } from '@encaisse/platform/http';
import type { Projections } from '@encaisse/platform/projections';
import { USERS_PROJECTION } from './users.projection';

const WAIT_MILLIS = 5000;

/** Waits a while for the lists of users and keys to hold a position. False when they are late. */
export function isListed(projections: Projections, position: number): Promise<boolean> {
  return projections.waitFor(USERS_PROJECTION, position, WAIT_MILLIS);
}

/** The same; throws the problem of a list that is late, with what that means for the caller. */
export async function untilListed(
  projections: Projections,
  position: number,
  meaning: string,
): Promise<void> {
  if (!(await isListed(projections, position))) throw positionNotReached(meaning);
}
