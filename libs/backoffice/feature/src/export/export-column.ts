import { type Query, readProblem, valuesOf } from '@encaisse/platform/lists';
import type { Label, Language } from './languages';

/** What a cell may hold: a spreadsheet takes amounts and counts as numbers, the rest as text. */
export type CellKind = 'text' | 'amount' | 'count' | 'instant' | 'day';

/** A column of an export. */
export type ExportColumn = {
  readonly name: string;
  readonly label: Label;
  readonly kind: CellKind;
  /** SQL of the raw value: minor units, milliseconds since 1970, a day, or a text. */
  readonly sql: string;
  /** The text people read, where it differs from the raw one. */
  readonly shown?: (raw: string, language: Language) => string;
};

/** A column of text; the others are made of it. */
export function textColumn(name: string, sql: string, fr: string, en: string): ExportColumn {
  return { name, sql, kind: 'text', label: { fr, en } };
}

/** Of minor units. */
export function amountColumn(name: string, sql: string, fr: string, en: string): ExportColumn {
  return { ...textColumn(name, sql, fr, en), kind: 'amount' };
}

export function countColumn(name: string, sql: string, fr: string, en: string): ExportColumn {
  return { ...textColumn(name, sql, fr, en), kind: 'count' };
}

/** Of a column that is a timestamp. */
export function instantColumn(name: string, column: string, fr: string, en: string): ExportColumn {
  const sql = `(extract(epoch from ${column}) * 1000)::bigint`;
  return { ...textColumn(name, sql, fr, en), kind: 'instant' };
}

/** The columns asked for, in the order asked; the screen's own when none are (TRX-25). */
export function columnsOf(
  query: Query,
  columns: readonly ExportColumn[],
  standard: readonly string[],
): readonly ExportColumn[] {
  const asked = valuesOf(query, 'columns').flatMap((text) => text.split(','));
  return (asked.length === 0 ? standard : asked).map((name) => {
    const column = columns.find((one) => one.name === name.trim());
    if (column === undefined)
      throw readProblem(
        'unknown-column',
        'columns',
        `${name} is not one of ${columns.map((one) => one.name).join(', ')}`,
      );
    return column;
  });
}
