import {
  addDays,
  addMonths,
  businessDayOf,
  epochMillis,
  type Instant,
  instantOfEpochMillis,
  parisInstant,
  parseBusinessDay,
  parseInstant,
  startOfDay,
} from '@encaisse/kernel';
import { type Query, readProblem, valueOf } from '@encaisse/platform/lists';

/** A period of instants, its end not included. */
export type Period = { readonly from: Instant; readonly to: Instant };

const RULE =
  'must be a date (2026-11-22) or a date and time (2026-11-22T09:30:00, Paris time, or with an offset)';
const WALL_CLOCK = /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)$/;

/** The period of a search, whose two dates are mandatory (TRX-03). */
export function requiredPeriod(query: Query, historyMonths: number, now: Instant): Period {
  const from = valueOf(query, 'from');
  const to = valueOf(query, 'to');
  if (from === null) throw readProblem('period-missing', 'from', 'a start date is needed');
  if (to === null) throw readProblem('period-missing', 'to', 'an end date is needed');
  return checkedPeriod(from, to, historyMonths, now);
}

/** The period of figures: the last 30 days including today when no date is given (STAT-01). */
export function periodOrLastDays(query: Query, historyMonths: number, now: Instant): Period {
  if (query['from'] !== undefined || query['to'] !== undefined)
    return requiredPeriod(query, historyMonths, now);
  const today = businessDayOf(now);
  return { from: startOfDay(addDays(today, -29)), to: startOfDay(addDays(today, 1)) };
}

function checkedPeriod(
  fromText: string,
  toText: string,
  historyMonths: number,
  now: Instant,
): Period {
  const from = startOf(fromText);
  const to = endOf(toText);
  if (from >= to)
    throw readProblem('period-reversed', 'from', `must not lie after the end, ${toText}`);
  const first = addMonths(businessDayOf(now), -historyMonths);
  if (from < startOfDay(first))
    throw readProblem(
      'period-too-old',
      'from',
      `must not lie before ${first}: ${historyMonths} months can be searched`,
    );
  return { from, to };
}

/** The first instant meant: a date alone begins at 00:00:00 in Paris. */
function startOf(text: string): Instant {
  const day = parseBusinessDay(text);
  return day === null ? readInstant(text, 'from') : startOfDay(day);
}

/** The instant after the last one meant: a date alone ends at 23:59:59, its second included. */
function endOf(text: string): Instant {
  const day = parseBusinessDay(text);
  if (day !== null) return startOfDay(addDays(day, 1));
  const second = Math.floor(epochMillis(readInstant(text, 'to')) / 1000);
  return instantOfEpochMillis((second + 1) * 1000);
}

function readInstant(text: string, parameter: string): Instant {
  const [, dayText, time] = WALL_CLOCK.exec(text) ?? [];
  const day = dayText === undefined ? null : parseBusinessDay(dayText);
  const at = day !== null && time !== undefined ? parisInstant(day, time) : parseInstant(text);
  if (at === null) throw readProblem('period-malformed', parameter, RULE);
  return at;
}
