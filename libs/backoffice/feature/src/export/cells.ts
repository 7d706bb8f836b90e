import {
  type Currency,
  instantOfEpochMillis,
  money,
  parisWallClock,
  toDecimal,
} from '@encaisse/kernel';
import type { ExportColumn } from './export-column';
import type { Language } from './languages';

const HOUR_MILLIS = 3_600_000;

/** Paris clocks change on the hour: the text of an hour serves all its instants. */
const hours = new Map<number, string>();
const HOURS_LIMIT = 20_000;

/** JJ/MM/AAAA HH:MM:SS in Paris (TRX-28). */
export function shownInstant(epochMillis: number): string {
  const hour = Math.floor(epochMillis / HOUR_MILLIS);
  let text = hours.get(hour);
  if (text === undefined) {
    const wallClock = parisWallClock(instantOfEpochMillis(hour * HOUR_MILLIS));
    text = `${shownDay(wallClock.slice(0, 10))} ${wallClock.slice(11, 13)}`;
    if (hours.size >= HOURS_LIMIT) hours.clear();
    hours.set(hour, text);
  }
  const seconds = Math.floor((epochMillis - hour * HOUR_MILLIS) / 1000);
  return `${text}:${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
}

/** JJ/MM/AAAA. */
export function shownDay(day: string): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A text a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** Keeps a spreadsheet from running a text: what begins like a formula gets an apostrophe in front. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text of one cell, empty when there is no value. Amounts are decimals with the digits of their currency (TRX-28). */
export function cellText(
  { kind, shown }: ExportColumn,
  raw: string,
  currency: Currency,
  language: Language,
): string {
  if (raw === '') return '';
  switch (kind) {
    case 'amount':
      return toDecimal(money(Number(raw), currency));
    case 'instant':
      return shownInstant(Number(raw));
    case 'day':
      return shownDay(raw);
    case 'count':
      return raw;
    case 'text':
      return shown ? shown(raw, language) : raw;
  }
}
