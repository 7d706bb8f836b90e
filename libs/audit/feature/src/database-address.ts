import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '@encaisse/platform/postgres';
import { openDataDirectory, type Settings } from '@encaisse/platform/runtime';
import { Client } from 'pg';
import { CommandRefused } from './command-refused';

/** The database a command works on, and how to let go of it. */
export type DatabaseAddress = {
  readonly url: string;
  /** Whether it was there before the command: a server of DATABASE_URL or of the running product. */
  readonly isRunning: boolean;
  release(): Promise<void>;
};

/**
 * The database of the settings: the server of DATABASE_URL, else the one the running product keeps in
 * DATA_DIR, else that one started for the time of the command. A new one is made in an empty DATA_DIR
 * only where the command asks for it.
 */
export async function openDatabaseAddress(
  settings: Settings,
  { mayCreate }: { readonly mayCreate: boolean },
): Promise<DatabaseAddress> {
  const nothing = (): Promise<void> => Promise.resolve();
  if (settings.databaseUrl !== null)
    return { url: settings.databaseUrl, isRunning: true, release: nothing };
  const running = await runningServer(settings.dataDir);
  if (running !== null) return { url: running, isRunning: true, release: nothing };
  if (!mayCreate && !existsSync(join(resolve(settings.dataDir), 'postgresql')))
    throw new CommandRefused(
      `DATA_DIR ${resolve(settings.dataDir)} holds no database: give the DATA_DIR or DATABASE_URL of an installation`,
    );
  const server = await startEmbeddedPostgres({ dataDir: openDataDirectory(settings.dataDir) });
  return { url: server.url, isRunning: false, release: () => server.stop() };
}

/** The url of the server that a living product runs in a data folder, null when there is none. */
async function runningServer(dataDir: string): Promise<string | null> {
  const folder = resolve(dataDir);
  if (!ownerLives(join(folder, 'postgresql.owner'))) return null;
  const password = readLine(join(folder, 'postgresql.password'));
  const [, , , port, , , , status] = readLines(join(folder, 'postgresql', 'postmaster.pid'));
  if (password === '' || port === undefined || status?.trim() !== 'ready') return null;
  const url = `postgresql://postgres:${password}@127.0.0.1:${port.trim()}/postgres`;
  return (await answers(url)) ? url : null;
}

function ownerLives(file: string): boolean {
  const pid = Number(readLine(file).split(' ')[0]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

function readLine(file: string): string {
  return readLines(file)[0]?.trim() ?? '';
}
