import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Database } from '@encaisse/platform/postgres';
import { PLATFORM_MIGRATIONS } from '@encaisse/platform/runtime';
import { Client, type ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { CommandRefused, type Progress } from '../command-refused';
import { verifyLog } from '../verify/verify-log';
import { type CopiedTable, countRows, hasEventLog, tablesToCopy } from './backed-up-tables';
import { type BackupHeader, BackupReader } from './backup-file';

/** What was loaded. */
export type RestoreReport = {
  readonly file: string;
  readonly createdAt: string;
  readonly position: number;
  readonly rows: number;
  readonly treeHead: string;
};

/**
 * Loads a backup into an empty database, all or nothing: the whole file is checked before the first row
 * is written, the whole log before it is kept. Read models are made again at the next start; consumers go
 * on from their checkpoints, so that no effect is repeated.
 */
export async function restoreBackup(
  url: string,
  file: string,
  progress: Progress,
): Promise<RestoreReport> {
  if (!existsSync(file)) throw new CommandRefused(`${file} does not exist`);
  const header = await checkFile(file);
  const client = new Client({ connectionString: url, application_name: 'encaisse restore' });
  await client.connect();
  try {
    await refuseUnlessEmpty(client);
    await makeTables(url, header);
    await client.query('begin');
    await loadRows(client, file, progress);
    await restoreSequences(client, header);
    const treeHead = await checkContent(client, header);
    await client.query('commit');
    const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
    const { createdAt, position } = header;
    return { file, createdAt, position, rows, treeHead };
  } finally {
    await client.end();
  }
}

async function checkFile(file: string): Promise<BackupHeader> {
  const reader = new BackupReader(file);
  const header = await reader.header();
  const digest = createHash('sha256');
  for await (const piece of reader.rest()) digest.update(piece);
  if (digest.digest('hex') !== header.bodySha256)
    throw new CommandRefused('the backup was changed or damaged: its SHA-256 differs');
  return header;
}

async function refuseUnlessEmpty(client: ClientBase): Promise<void> {
  if (!(await hasEventLog(client))) return;
  for (const { name } of await tablesToCopy(client)) {
    if ((await countRows(client, name)) > 0)
      throw new CommandRefused(
        `a backup is restored into an empty database only, and ${name} holds rows: choose another DATA_DIR or DATABASE_URL`,
      );
  }
}

/** The tables as they were when the backup was written; the next start brings them up to date. */
async function makeTables(url: string, header: BackupHeader): Promise<void> {
  const known = PLATFORM_MIGRATIONS.map((migration) => ({
    migration,
    name: new migration().name ?? '',
  }));
  const unknown = header.migrations.find((name) => !known.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new CommandRefused(`the backup was written by a newer program (it has ${unknown})`);
  const store = await PostgresEventStore.open({ url, applicationName: 'encaisse restore' });
  await store.close();
  const due = known.filter(({ name }) => header.migrations.includes(name));
  const database = await Database.connect(
    { url, applicationName: 'encaisse restore', poolSize: 2 },
    due.map(({ migration }) => migration),
  );
  await database.close();
}

async function loadRows(client: ClientBase, file: string, progress: Progress): Promise<void> {
  const reader = new BackupReader(file);
  const header = await reader.header();
  const total = header.tables.reduce((sum, table) => sum + table.rows, 0);
  let done = 0;
  for (const table of header.tables) {
    const title = await reader.line();
    if (title !== JSON.stringify({ table: table.name }))
      throw new CommandRefused(`the backup holds no rows of ${table.name}`);
    const copy = client.query(copyFrom(copyStatement(table)));
    await pipeline(Readable.from(reader.rows()), copy);
    if (copy.rowCount !== table.rows)
      throw new CommandRefused(
        `${table.name} got ${copy.rowCount} rows where the backup tells of ${table.rows}`,
      );
    done += table.rows;
    progress(done, total);
  }
}

function copyStatement({ name, columns }: CopiedTable): string {
  return `copy ${name} (${columns.join(', ')}) from stdin`;
}

async function restoreSequences(client: ClientBase, header: BackupHeader): Promise<void> {
  for (const { name, lastValue, isCalled } of header.sequences)
    await client.query('select setval($1::regclass, $2, $3)', [name, lastValue, isCalled]);
}

/** Returns the tree head of the restored log. */
async function checkContent(client: ClientBase, header: BackupHeader): Promise<string> {
  const { events, firstBad, treeHead } = await verifyLog(client, () => undefined);
  if (firstBad !== null)
    throw new CommandRefused(
      `the backup holds a log that was changed: position ${firstBad.position}, ${firstBad.reason}`,
    );
  if (events !== header.position)
    throw new CommandRefused(`the log has ${events} events where ${header.position} are told`);
  return treeHead;
}
