import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded-server';

const folders: string[] = [];

/** A folder of mode 0700, as `mktemp -d` makes it. */
function closedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'encaisse-embedded-'));
  folders.push(folder);
  return folder;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process of its own that starts the server, writes its url and waits to be killed. */
function startInAnotherProcess(dataDir: string): { child: ChildProcess; url: Promise<string> } {
  const root = join(__dirname, '..', '..', '..', '..');
  const script = `
    const { startEmbeddedPostgres } = require(${JSON.stringify(join(root, 'dist/libs/platform/postgres/src/embedded-server.js'))});
    startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
      .then(({ url }) => { process.stdout.write(url); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  );
  return { child, url };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

beforeAll(() => {
  const root = join(__dirname, '..', '..', '..', '..');
  jest.requireActual<{ build(): void }>(join(root, 'tools/build/build.js')).build();
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('Embedded PostgreSQL', () => {
  it('starts on a folder only its owner may enter, sorts without a host locale and keeps data', async () => {
    const dataDir = join(closedFolder(), 'data');
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, 'create table kept as select 42 as answer');
    const [locale] = await query(
      first.url,
      "select datlocprovider as provider, datlocale as locale, current_setting('fsync') as fsync from pg_database where datname = 'postgres'",
    );
    expect(locale).toEqual({ provider: 'b', locale: 'C.UTF-8', fsync: 'on' });
    expect(statSync(join(dataDir, 'postgresql.password')).mode & 0o777).toBe(0o600);
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('refuses a connection without the password', async () => {
    const server = await startEmbeddedPostgres({ dataDir: closedFolder() });
    const withoutPassword = new URL(server.url);
    withoutPassword.password = 'guessed';
    await expect(query(withoutPassword.toString(), 'select 1')).rejects.toThrow(/password/);
    await server.stop();
  });

  it('starts at once after its process was killed and the server went on without it', async () => {
    const dataDir = closedFolder();
    const { child, url } = startInAnotherProcess(dataDir);
    await query(await url, 'create table kept as select 1 as one');
    child.kill('SIGKILL');
    await ended(child);

    const server = await startEmbeddedPostgres({ dataDir });
    expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('recovers by itself after process and server were both killed', async () => {
    const dataDir = closedFolder();
    const { child, url } = startInAnotherProcess(dataDir);
    await query(await url, 'create table kept as select 1 as one');
    const postmaster = Number(
      readFileSync(join(dataDir, 'postgresql', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(postmaster, 'SIGKILL');
    child.kill('SIGKILL');
    await ended(child);

    const server = await startEmbeddedPostgres({ dataDir });
    expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('says in one line that another living process has the folder', async () => {
    const dataDir = closedFolder();
    const { child, url } = startInAnotherProcess(dataDir);
    await url;
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      `The data folder ${dataDir} is in use by process ${child.pid}: stop it, or choose another DATA_DIR`,
    );
    child.kill('SIGKILL');
    await ended(child);
    await (await startEmbeddedPostgres({ dataDir })).stop();
  });

  it('says in one line that the data belong to another version', async () => {
    const dataDir = closedFolder();
    mkdirSync(join(dataDir, 'postgresql'));
    writeFileSync(join(dataDir, 'postgresql', 'PG_VERSION'), '16\n');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      /belongs to PostgreSQL 16 and this is PostgreSQL 18/,
    );
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot('runs as another account where user namespaces are refused (root only)', async () => {
    const dataDir = join(closedFolder(), 'data');
    process.env['ENCAISSE_NO_USER_NAMESPACE'] = '1';
    try {
      const parent = join(dataDir, '..');
      await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(`cannot enter ${parent}`);
      const open = mkdtempSync(join(tmpdir(), 'encaisse-embedded-'));
      folders.push(open);
      const server = await startEmbeddedPostgres({ dataDir: open });
      expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await server.stop();
    } finally {
      delete process.env['ENCAISSE_NO_USER_NAMESPACE'];
    }
  });
});
