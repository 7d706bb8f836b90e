import { epochMillis, type Instant, instantOfEpochMillis, plusMillis } from '@encaisse/kernel';
import { monthAfter, monthOf, startOfMonth } from '@encaisse/platform/projections';
import type { Period } from './period';

/** Most pages end in the first month. */
const FIRST_MONTHS = 1;
/** Few enough that rare rows are found by their own index rather than met on the way along the dates. */
const LATER_MONTHS = 3;

/**
 * A period cut where the journal is cut, in the order of its rows by date; what lies before the end of the
 * page before is left out. A statement about few months is planned in a fraction of the time, and no rows
 * are taken for as near to each other as those of the whole period would be.
 */
export function* stretchesOf(
  { from, to }: Period,
  isDescending: boolean,
  after: Instant | null,
): Generator<Period> {
  if (isDescending)
    yield* newestFirst(from, after === null ? to : earlier(to, plusMillis(after, 1)));
  else yield* oldestFirst(after === null ? from : later(from, after), to);
}

function* newestFirst(from: Instant, to: Instant): Generator<Period> {
  let months = FIRST_MONTHS;
  for (let end = to; end > from; months = LATER_MONTHS) {
    const month = monthOf(instantOfEpochMillis(epochMillis(end) - 1));
    const start = later(from, startOfMonth(monthAfter(month, 1 - months)));
    yield { from: start, to: end };
    end = start;
  }
}

function* oldestFirst(from: Instant, to: Instant): Generator<Period> {
  let months = FIRST_MONTHS;
  for (let start = from; start < to; months = LATER_MONTHS) {
    const end = earlier(to, startOfMonth(monthAfter(monthOf(start), months)));
    yield { from: start, to: end };
    start = end;
  }
}

function earlier(left: Instant, right: Instant): Instant {
  return left < right ? left : right;
}

function later(left: Instant, right: Instant): Instant {
  return left > right ? left : right;
}
