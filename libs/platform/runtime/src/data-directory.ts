import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Raised when what is kept in DATA_DIR can no longer be read by older or newer programs. */
const DATA_FORMAT = 1;

/** A start refused for a reason the operator can mend; the message is the one line to show. */
export class StartRefused extends Error {}

/** Opens DATA_DIR, and says plainly when it belongs to another version of the product. */
export function openDataDirectory(folder: string): string {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new StartRefused(`DATA_DIR ${path} cannot be created: ${(error as Error).message}`);
  }
  const marker = join(path, 'encaisse.json');
  if (!existsSync(marker)) {
    writeFileSync(marker, `${JSON.stringify({ product: 'encaisse', format: DATA_FORMAT })}\n`);
    return path;
  }
  const format = formatOf(marker);
  if (format !== DATA_FORMAT)
    throw new StartRefused(
      `DATA_DIR ${path} has data format ${format ?? 'unknown'}, this program reads format ${DATA_FORMAT}: choose another DATA_DIR or use the program that wrote it`,
    );
  return path;
}

function formatOf(marker: string): number | null {
  try {
    const { format } = JSON.parse(readFileSync(marker, 'utf8')) as { format?: unknown };
    return typeof format === 'number' ? format : null;
  } catch {
    return null;
  }
}

/** A random key kept in DATA_DIR with mode 0600, made at the first start. Hexadecimal text. */
export function keptKey(dataDir: string, name: string): string {
  const file = join(dataDir, 'keys', name);
  if (!existsSync(file)) {
    mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
