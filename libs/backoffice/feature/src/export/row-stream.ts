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
};

const CHUNK_ROWS = 2000;
/** Values arrive as PostgreSQL wrote them. */
const RAW_TYPES = { getTypeParser: () => (value: string) => value };

type RawRow = readonly (string | null)[];

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
): AsyncGenerator<readonly (readonly string[])[]> {
  const client = await database.pool.connect();
  const fetch = async (): Promise<readonly RawRow[]> => {
    const text = `fetch forward ${CHUNK_ROWS} from export_rows`;
    const { rows } = await client.query({ text, rowMode: 'array', types: RAW_TYPES });
    return rows as readonly RawRow[];
  };
  let pending: Promise<readonly RawRow[]> | null = null;
  try {
    await client.query('begin transaction read only');
    const selection = ['currency', ...columns.map(({ sql }) => sql)].join(', ');
    await client.query(
      `declare export_rows no scroll cursor for
       select ${selection} from ${source.table} where ${source.where} ${source.orderBy}`,
      [...source.parameters],
    );
    for (let rows = await fetch(); rows.length > 0; rows = await pending) {
      pending = fetch();
      // Whoever stops taking rows does not wait for the chunk on its way; its failure is not one.
      pending.catch(() => undefined);
      yield rows.map((row) => cellsOf(row, columns, language));
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

function cellsOf(
  row: RawRow,
  columns: readonly ExportColumn[],
  language: Language,
): readonly string[] {
  const currency = row[0] as Currency;
  return columns.map((column, index) =>
    cellText(column, row[index + 1] ?? null, currency, language),
  );
}
