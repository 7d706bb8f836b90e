import { XMLBuilder } from 'fast-xml-parser';
import { withoutFormula } from './cells';
import type { ExportColumn } from './export-column';
import type { Language } from './languages';

export type Chunks = AsyncIterable<readonly (readonly string[])[]>;

/** Characters that put a cell between quotes (RFC 4180), for the separators in use. */
const NEEDS_QUOTES = /[;\t"\n\r]/;

/**
 * One cell of a csv or txt file. Written here because the packages' writers take six times as long
 * for the same text; a test compares the two.
 */
function delimitedCell(text: string, isText: boolean): string {
  const safe = isText ? withoutFormula(text) : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A header line and one line per row. Texts are made safe against formulas; amounts stay as they are. */
export async function* delimitedText(
  chunks: Chunks,
  columns: readonly ExportColumn[],
  language: Language,
  separator: string,
): AsyncGenerator<Buffer> {
  const isText = columns.map(({ kind }) => kind === 'text');
  const header = columns.map(({ label }) => delimitedCell(label[language], true));
  yield Buffer.from(`${header.join(separator)}\n`);
  for await (const rows of chunks) {
    let text = '';
    for (const cells of rows) {
      let line = '';
      for (let index = 0; index < cells.length; index += 1) {
        if (index > 0) line += separator;
        line += delimitedCell(cells[index] ?? '', isText[index] ?? true);
      }
      text += `${line}\n`;
    }
    yield Buffer.from(text);
  }
}

const NOT_IN_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** One element per row, its cells named as the API names the columns. */
export async function* xmlText(
  chunks: Chunks,
  columns: readonly ExportColumn[],
  root: string,
  record: string,
): AsyncGenerator<Buffer> {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- The package it moved to is not a dependency yet.
  const builder = new XMLBuilder({ suppressEmptyNode: true });
  yield Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${root}>\n`);
  for await (const rows of chunks) {
    let text = '';
    for (const cells of rows) {
      const named = Object.fromEntries(
        columns.map(({ name }, index) => [
          name,
          (cells[index] ?? '').replace(NOT_IN_XML, '\uFFFD'),
        ]),
      );
      text += `${builder.build({ [record]: named })}\n`;
    }
    yield Buffer.from(text);
  }
  yield Buffer.from(`</${root}>\n`);
}
