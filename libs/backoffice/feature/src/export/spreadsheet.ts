import { PassThrough, type Readable, type Writable } from 'node:stream';
import { once } from 'node:events';
import { type Row, stream as streams, type Worksheet } from 'exceljs';
import type { ExportColumn } from './export-column';
import type { Language } from './languages';
import type { Chunks } from './text-formats';

/** The most rows a sheet of Excel can hold, its header included. */
export const SHEET_ROWS = 1_048_576;

type Writer = InstanceType<typeof streams.xlsx.WorkbookWriter>;

/**
 * An Excel workbook, written while it is read; beyond a full sheet it continues on a new one. Texts
 * are text cells, never formulas; amounts are numbers.
 */
export function spreadsheet(
  chunks: Chunks,
  columns: readonly ExportColumn[],
  language: Language,
  sheetName: string,
  sheetRows = SHEET_ROWS,
): Readable {
  const output = new PassThrough();
  write(chunks, columns, language, sheetName, sheetRows, output).catch((error: unknown) => {
    output.destroy(error as Error);
  });
  return output;
}

async function write(
  chunks: Chunks,
  columns: readonly ExportColumn[],
  language: Language,
  sheetName: string,
  sheetRows: number,
  output: PassThrough,
): Promise<void> {
  const workbook = new streams.xlsx.WorkbookWriter({ stream: output, useStyles: true });
  let sheet = newSheet(workbook, columns, language, sheetName);
  let sheetCount = 1;
  let written = 1;
  for await (const rows of chunks) {
    for (const cells of rows) {
      if (written === sheetRows) {
        sheet.commit();
        sheetCount += 1;
        sheet = newSheet(workbook, columns, language, `${sheetName} ${sheetCount}`);
        written = 1;
      }
      sheet.addRow(cells.map((text, index) => cellValue(text, columns[index]))).commit();
      written += 1;
    }
    await drained(sheet, output);
  }
  sheet.commit();
  await workbook.commit();
}

function newSheet(
  workbook: Writer,
  columns: readonly ExportColumn[],
  language: Language,
  name: string,
): Worksheet {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  const header: Row = sheet.addRow(columns.map(({ label }) => label[language]));
  header.commit();
  return sheet;
}

/** An exact amount of at most 15 digits is a number to a spreadsheet; what is longer stays a text. */
function cellValue(text: string, column: ExportColumn | undefined): string | number | null {
  if (text === '') return null;
  const isNumber = column?.kind === 'amount' || column?.kind === 'count';
  return isNumber && text.length <= 15 ? Number(text) : text;
}

/**
 * Where a sheet's rows wait to be compressed: exceljs writes on without looking, into a stream of a
 * release that tells its state here only.
 */
type Backlog = Writable & { readonly _writableState: { readonly needDrain: boolean } };
type WithBacklog = { readonly stream: { readonly pipes: readonly Backlog[] } };

/** Lets the zip writer run, then waits until what the rows are written to has room again. */
async function drained(sheet: Worksheet, output: PassThrough): Promise<void> {
  // eslint-disable-next-line no-restricted-globals -- exceljs is given its turn, no time is waited for.
  await new Promise((resolve) => setImmediate(resolve));
  for (const pipe of (sheet as unknown as WithBacklog).stream.pipes) {
    if (!pipe._writableState.needDrain || output.destroyed) continue;
    const waiting = new AbortController();
    const { signal } = waiting;
    await Promise.race([once(pipe, 'drain', { signal }), once(output, 'close', { signal })]);
    waiting.abort();
  }
  if (output.destroyed) throw new Error('the reader of the export went away');
}
