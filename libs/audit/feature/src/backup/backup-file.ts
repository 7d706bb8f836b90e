import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { CommandRefused } from '../command-refused';
import type { CopiedSequence, CopiedTable } from './backed-up-tables';

/** Raised when a file can no longer be read by older or newer programs. */
export const BACKUP_FORMAT = 1;

/** The first line of a backup. */
export type BackupHeader = {
  readonly product: 'encaisse';
  readonly format: typeof BACKUP_FORMAT;
  readonly createdAt: string;
  /** The last event in it. */
  readonly position: number;
  /** Schema changes the database had: the tables are made as they were before they are filled. */
  readonly migrations: readonly string[];
  readonly tables: readonly (CopiedTable & { readonly rows: number })[];
  readonly sequences: readonly CopiedSequence[];
  /** Of everything after the header, uncompressed. */
  readonly bodySha256: string;
};

const HEADER_BYTES = 16_384;
/** Ends the rows of a table. No row of PostgreSQL's COPY text form is this line. */
export const END_OF_ROWS = '\\.\n';

/**
 * The header as a gzip member of its own, uncompressed and padded: it always has the same length, so it
 * is written before the rows are known and again after.
 */
export function headerMember(header: BackupHeader | null): Buffer {
  const text = header === null ? '' : JSON.stringify(header);
  const padded = Buffer.alloc(HEADER_BYTES, ' ');
  if (padded.write(text) !== Buffer.byteLength(text)) throw new Error('the header is too long');
  padded.write('\n', HEADER_BYTES - 1);
  return gzipSync(padded, { level: 0 });
}

/** The uncompressed bytes of a backup, read in order. Throws one line when it is no whole gzip file. */
export class BackupReader {
  private buffer: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(path: string) {
    const plain = createReadStream(path).pipe(createGunzip());
    this.chunks = plain[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async header(): Promise<BackupHeader> {
    while (this.buffer.length < HEADER_BYTES && (await this.more()));
    const text = this.buffer.subarray(0, HEADER_BYTES).toString();
    this.buffer = this.buffer.subarray(HEADER_BYTES);
    return readHeader(text);
  }

  /** One line without its end; null at the end of the file. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.buffer.subarray(0, end).toString();
        this.buffer = this.buffer.subarray(end + 1);
        return line;
      }
      if (!(await this.more())) return null;
    }
  }

  /** The rows up to their end mark, in pieces. */
  async *rows(): AsyncGenerator<Buffer> {
    // The mark is a line: it is looked for after a line end, the first one being that of the title.
    this.buffer = Buffer.concat([Buffer.from('\n'), this.buffer]);
    const mark = `\n${END_OF_ROWS}`;
    let isFirst = true;
    for (;;) {
      const end = this.buffer.indexOf(mark);
      const safe = end >= 0 ? end + 1 : Math.max(0, this.buffer.length - mark.length);
      const piece = this.buffer.subarray(isFirst ? Math.min(1, safe) : 0, safe);
      if (safe > 0) isFirst = false;
      if (piece.length > 0) yield piece;
      this.buffer = this.buffer.subarray(end >= 0 ? end + mark.length : safe);
      if (end >= 0) return;
      if (!(await this.more()))
        throw new CommandRefused('the backup ends in the middle of a table');
    }
  }

  /** All that is left, in pieces. */
  async *rest(): AsyncGenerator<Buffer> {
    do {
      yield this.buffer;
      this.buffer = Buffer.alloc(0);
    } while (await this.more());
  }

  private async more(): Promise<boolean> {
    try {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      this.buffer =
        this.buffer.length === 0 ? next.value : Buffer.concat([this.buffer, next.value]);
      return true;
    } catch (error) {
      throw new CommandRefused(`the backup cannot be read: ${(error as Error).message}`);
    }
  }
}

function readHeader(text: string): BackupHeader {
  let header: Partial<BackupHeader>;
  try {
    header = JSON.parse(text) as Partial<BackupHeader>;
  } catch {
    throw new CommandRefused('the file is not a backup, or its writing was cut short');
  }
  if (header.product !== 'encaisse')
    throw new CommandRefused('the file is not a backup of Encaisse');
  if (header.format !== BACKUP_FORMAT)
    throw new CommandRefused(
      `the backup has format ${String(header.format)}, this program reads format ${BACKUP_FORMAT}: use the program that wrote it`,
    );
  return header as BackupHeader;
}

/** Makes a file durable before it gets its final name. */
export async function writeDurably(path: string, bytes: Buffer, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(bytes, 0, bytes.length, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}
