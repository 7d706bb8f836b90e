import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Currency, type Money, money } from '@encaisse/kernel';
import { Database } from '@encaisse/platform/postgres';
import { SETTINGS_TOKEN, type Settings } from '@encaisse/platform/runtime';
import { exportFile, type ExportRequest } from '../export/export-file';

/** What a file that was written holds. */
export type WrittenFile = {
  readonly rowCount: number;
  readonly sums: readonly Money[];
  readonly bytes: number;
  readonly sha256: string;
};

/** Between two tellings of how far a file is, in rows. */
const TELL_ROWS = 5000;

/** The files of exports, for their owner alone; whole ones only ever stand under their name. */
@Injectable()
export class ExportFiles {
  constructor(
    private readonly database: Database,
    @Inject(SETTINGS_TOKEN) private readonly settings: Pick<Settings, 'exportDir'>,
  ) {}

  /** How many rows a file will have, about: rows may come before it is written. */
  async count({ source }: ExportRequest): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*) as count from ${source.table} where ${source.where}`,
      source.parameters,
    );
    return row?.count ?? 0;
  }

  /** Writes a file from the beginning, whatever was begun before. Ends early when the signal is given. */
  async write(
    exportId: string,
    request: ExportRequest,
    signal: AbortSignal,
    tell: (rows: number) => void,
  ): Promise<WrittenFile> {
    const { exportDir } = this.settings;
    await mkdir(exportDir, { recursive: true, mode: 0o700 });
    const path = this.pathOf(exportId);
    const part = `${path}.part`;
    await rm(part, { force: true });
    const sums = new Map<Currency, number>();
    let rowCount = 0;
    const { content } = exportFile(this.database, request, (minor, currency) => {
      rowCount += 1;
      if (minor !== null) sums.set(currency, (sums.get(currency) ?? 0) + minor);
      if (rowCount % TELL_ROWS === 0) tell(rowCount);
    });
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        done(null, chunk);
      },
    });
    const target = createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true });
    await pipeline(content, measure, target, { signal });
    await rename(part, path);
    await this.keepName();
    const currencies = [...sums].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      rowCount,
      sums: currencies.map(([currency, minor]) => money(minor, currency)),
      bytes,
      sha256: hash.digest('hex'),
    };
  }

  /** The content of a file; null when it is not there. */
  async read(exportId: string): Promise<{ content: Readable; bytes: number } | null> {
    const path = this.pathOf(exportId);
    const found = await stat(path).catch(() => null);
    return found === null ? null : { content: createReadStream(path), bytes: found.size };
  }

  async remove(exportId: string): Promise<void> {
    await rm(this.pathOf(exportId), { force: true });
    await rm(`${this.pathOf(exportId)}.part`, { force: true });
  }

  private pathOf(exportId: string): string {
    return join(this.settings.exportDir, exportId);
  }

  /** The new name survives a power cut. */
  private async keepName(): Promise<void> {
    const folder = await open(this.settings.exportDir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
