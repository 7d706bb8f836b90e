import { Readable } from 'node:stream';
import type { Database } from '@encaisse/platform/postgres';
import type { ExportColumn } from './export-column';
import type { Language } from './languages';
import { exportedRows, type ExportSource, type Tally } from './row-stream';
import { spreadsheet } from './spreadsheet';
import { delimitedText, xmlText } from './text-formats';

/** The formats of an export (TRX-24). */
export const EXPORT_FORMATS = ['csv', 'txt', 'xml', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

export type ExportRequest = {
  readonly source: ExportSource;
  readonly columns: readonly ExportColumn[];
  readonly format: ExportFormat;
  readonly language: Language;
  /** Names the file, the sheet and the XML elements. */
  readonly subject: {
    readonly file: string;
    readonly sheet: string;
    readonly root: string;
    readonly record: string;
  };
};

export type ExportedFile = {
  readonly name: string;
  readonly contentType: string;
  readonly content: Readable;
};

/** The name people see. */
export function filenameOf({ subject, format }: ExportRequest): string {
  return `${subject.file}.${format}`;
}

/** The media type of a format. */
export function contentTypeOf(format: ExportFormat): string {
  return CONTENT_TYPES[format];
}

/** A file of everything found, without a cap, produced while it is read. */
export function exportFile(
  database: Database,
  request: ExportRequest,
  tally: Tally | null = null,
): ExportedFile {
  const { source, columns, format, language, subject } = request;
  const rows = exportedRows(database, source, columns, language, tally);
  const contents: Readonly<Record<ExportFormat, () => Readable>> = {
    csv: () => Readable.from(delimitedText(rows, columns, language, ';')),
    txt: () => Readable.from(delimitedText(rows, columns, language, '\t')),
    xml: () => Readable.from(xmlText(rows, columns, subject.root, subject.record)),
    xlsx: () => spreadsheet(rows, columns, language, subject.sheet),
  };
  return {
    name: filenameOf(request),
    contentType: contentTypeOf(format),
    content: contents[format](),
  };
}
