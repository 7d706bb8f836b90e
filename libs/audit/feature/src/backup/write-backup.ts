import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Client, type ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { CommandRefused, type Progress } from '../command-refused';
import {
  type CopiedTable,
  countRows,
  EVENTS_TABLE,
  hasEventLog,
  sequencesToCopy,
  tablesToCopy,
} from './backed-up-tables';
import {
  BACKUP_FORMAT,
  type BackupHeader,
  END_OF_ROWS,
  headerMember,
  writeDurably,
} from './backup-file';

/** What was written. */
export type BackupReport = {
  readonly file: string;
  readonly position: number;
  readonly rows: number;
  readonly bodySha256: string;
};

const GZIP_LEVEL = 4;
const LINE_END = 0x0a;

/**
 * Writes the log and the technical rows of a running or resting installation as they are at one moment:
 * one read-only transaction sees them all. Read models are left out, they follow from the log; so are
 * keys, which do not belong beside what they open. The file gets its name once it is whole.
 */
export async function writeBackup(
  url: string,
  file: string,
  createdAt: string,
  progress: Progress,
): Promise<BackupReport> {
  if (existsSync(file)) throw new CommandRefused(`${file} exists already: choose another name`);
  const draft = `${file}.part`;
  const client = new Client({ connectionString: url, application_name: 'encaisse backup' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const header = await describeContent(client, createdAt);
    const bodySha256 = await writeBody(client, header, draft, progress);
    await writeDurably(draft, headerMember({ ...header, bodySha256 }), 0);
    await rename(draft, file);
    const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
    return { file, position: header.position, rows, bodySha256 };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function describeContent(client: ClientBase, createdAt: string): Promise<BackupHeader> {
  if (!(await hasEventLog(client)))
    throw new CommandRefused('this database has no event log: there is nothing to back up');
  const tables: (CopiedTable & { rows: number })[] = [];
  for (const table of await tablesToCopy(client))
    tables.push({ ...table, rows: await countRows(client, table.name) });
  const migrations = await client.query<{ name: string }>(
    'select name from public.migrations order by name',
  );
  const last = await client.query<{ position: string }>(
    `select coalesce(max(position), 0) as position from ${EVENTS_TABLE}`,
  );
  return {
    product: 'encaisse',
    format: BACKUP_FORMAT,
    createdAt,
    position: Number(last.rows[0]?.position ?? 0),
    migrations: migrations.rows.map(({ name }) => name),
    tables,
    sequences: await sequencesToCopy(client),
    bodySha256: '',
  };
}

/** Returns the digest of what was written after the header. */
async function writeBody(
  client: ClientBase,
  header: BackupHeader,
  draft: string,
  progress: Progress,
): Promise<string> {
  const digest = createHash('sha256');
  const output = createWriteStream(draft, { mode: 0o600 });
  output.write(headerMember(null));
  const gzip = createGzip({ level: GZIP_LEVEL });
  gzip.pipe(output);
  // Whichever fails first ends both, so that a full disk is an error and not a wait without end.
  output.on('error', (error) => gzip.destroy(error));
  const total = header.tables.reduce((sum, table) => sum + table.rows, 0);
  let done = 0;
  const write = async (chunk: Buffer | string): Promise<void> => {
    digest.update(chunk);
    if (!gzip.write(chunk)) await once(gzip, 'drain');
  };
  for (const table of header.tables) {
    await write(`${JSON.stringify({ table: table.name })}\n`);
    for await (const chunk of client.query(copyTo(copyStatement(table))) as AsyncIterable<Buffer>) {
      await write(chunk);
      done += lineEnds(chunk);
      progress(done, total);
    }
    await write(END_OF_ROWS);
  }
  gzip.end();
  await finished(output);
  return digest.digest('hex');
}

function copyStatement({ name, columns }: CopiedTable): string {
  const order = name === EVENTS_TABLE ? ' order by position' : '';
  return `copy (select ${columns.join(', ')} from ${name}${order}) to stdout`;
}

function lineEnds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}
