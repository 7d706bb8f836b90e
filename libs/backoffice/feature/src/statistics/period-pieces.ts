import {
  addDays,
  businessDayOf,
  epochMillis,
  type Instant,
  instantOfEpochMillis,
  startOfDay,
} from '@encaisse/kernel';
import type { Period } from '../search/period';

/** Where the figures of a stretch of time are read: the journal's rows, or a roll-up. */
export type PieceSource = 'rows' | 'hours' | 'days';
export type PeriodPiece = Period & { readonly source: PieceSource };

export const HOUR_MILLIS = 3_600_000;

/** The first instant of the hour an instant lies in. Paris hours begin when UTC hours do. */
export function startOfHour(at: Instant): Instant {
  return instantOfEpochMillis(Math.floor(epochMillis(at) / HOUR_MILLIS) * HOUR_MILLIS);
}

function nextHour(at: Instant): Instant {
  return instantOfEpochMillis(Math.ceil(epochMillis(at) / HOUR_MILLIS) * HOUR_MILLIS);
}

function nextMidnight(at: Instant): Instant {
  const day = businessDayOf(at);
  return startOfDay(day) === at ? at : startOfDay(addDays(day, 1));
}

/**
 * Cuts a period into whole Paris days, whole hours before and after them, and what is left of an hour
 * at both ends. With `isByHour` days are read hour by hour. Empty pieces are left out.
 */
export function piecesOf({ from, to }: Period, isByHour: boolean): readonly PeriodPiece[] {
  const firstHour = nextHour(from);
  const lastHour = startOfHour(to);
  if (firstHour >= lastHour) return filled([{ source: 'rows', from, to }]);
  const firstDay = nextMidnight(firstHour);
  const lastDay = startOfDay(businessDayOf(lastHour));
  const middle: readonly PeriodPiece[] =
    isByHour || firstDay >= lastDay
      ? [{ source: 'hours', from: firstHour, to: lastHour }]
      : [
          { source: 'hours', from: firstHour, to: firstDay },
          { source: 'days', from: firstDay, to: lastDay },
          { source: 'hours', from: lastDay, to: lastHour },
        ];
  return filled([
    { source: 'rows', from, to: firstHour },
    ...middle,
    { source: 'rows', from: lastHour, to },
  ]);
}

function filled(pieces: readonly PeriodPiece[]): readonly PeriodPiece[] {
  return pieces.filter(({ from, to }) => from < to);
}
