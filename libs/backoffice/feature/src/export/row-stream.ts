import type { Currency } from '@encaisse/kernel';
import type { Database } from '@encaisse/platform/postgres';
import { cellText } from './cells';
import type { ExportColumn } from './export-column';
import type { Language } from './languages';

/** What is exported: rows of one table that meet conditions, in an order. */
export type ExportSource = {
  readonly table: string;
  readonly where: string;
  readonly parameters: readonly unknown[];
  readonly orderBy: string;
  /** SQL of the amount of a row in minor units, which its sums are made of; null where rows have none. */
  readonly amount: string | null;
};

/** Told of each row that is read, in its currency; null for one without an amount. */
export type Tally = (minor: number | null, currency: Currency) => void;

const CHUNK_ROWS = 1000;
/** Stands between the cells of a row, which arrives as one text: many small values cost more. */
const SEPARATOR = '\u001f';
const SEPARATOR_SQL = `E'\\x1f'`;
type RawRow = readonly [string];

/**
 * The cells of all the rows, chunk by chunk from a cursor of the server, as fast as they are taken and
 * no faster: the memory used does not depend on their number. The next chunk is on its way while one
 * is being written.
 */
export async function* exportedRows(
  database: Database,
  source: ExportSource,
  columns: readonly ExportColumn[],
  language: Language,
  tally: Tally | null = null,
): AsyncGenerator<readonly (readonly string[])[]> {
  const client = await database.pool.connect();
  const fetch = async (): Promise<readonly RawRow[]> => {
    const text = `fetch forward ${CHUNK_ROWS} from export_rows`;
    return (await client.query<[string]>({ text, rowMode: 'array' })).rows;
  };
  let pending: Promise<readonly RawRow[]> | null = null;
  try {
    // All rows are taken, not the tenth that the planner expects of a cursor.
    await client.query('begin transaction read only; set local cursor_tuple_fraction = 1');
    const selection = [
      ...columns.map(cellSql),
      ...(tally === null ? [] : [amountSql(source)]),
      'currency',
    ].join(` || ${SEPARATOR_SQL} || `);
    await client.query(
      `declare export_rows no scroll cursor for
       select ${selection} from ${source.table} where ${source.where} ${source.orderBy}`,
      [...source.parameters],
    );
    for (let rows = await fetch(); rows.length > 0; rows = await pending) {
      pending = fetch();
      // Whoever stops taking rows does not wait for the chunk on its way; its failure is not one.
      pending.catch(() => undefined);
      yield rows.map((row) => cellsOf(row, columns, language, tally));
    }
  } finally {
    await pending?.catch(() => undefined);
    const failure = await client.query('rollback').then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    client.release(failure);
  }
}

function amountSql({ amount }: ExportSource): string {
  return amount === null ? `''` : `coalesce(${amount}, 0)::text`;
}

/** An absent value is an empty cell; no text may hold the separator. */
function cellSql({ kind, sql }: ExportColumn): string {
  const text = `coalesce((${sql})::text, '')`;
  return kind === 'text' ? `replace(${text}, ${SEPARATOR_SQL}, ' ')` : text;
}

/** The row's text cut into cells, each then put in the form people read. */
function cellsOf(
  [text]: RawRow,
  columns: readonly ExportColumn[],
  language: Language,
  tally: Tally | null,
): readonly string[] {
  const cells = text.split(SEPARATOR);
  const currency = cells.pop() as Currency;
  if (tally !== null) {
    const minor = cells.pop() ?? '';
    tally(minor === '' ? null : Number(minor), currency);
  }
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index];
    if (column) cells[index] = cellText(column, cells[index] ?? '', currency, language);
  }
  return cells;
}
