import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '@encaisse/platform/postgres';
import { Client } from 'pg';

export type BenchServer = {
  createDatabase(this: void): Promise<string>;
  stop(): Promise<void>;
};

/** One statement over a connection of its own. */
export async function runStatement(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** `DATABASE_URL`, or an embedded server on the disk the product would use; default durability. */
export async function startBenchServer(): Promise<BenchServer> {
  const given = process.env['DATABASE_URL'];
  const root = resolve(process.env['DATA_DIR'] ?? '.data');
  mkdirSync(root, { recursive: true });
  const dataDir = given === undefined ? mkdtempSync(join(root, 'bench-')) : null;
  const server = dataDir === null ? null : await startEmbeddedPostgres({ dataDir });
  const serverUrl = server?.url ?? given ?? '';
  const created: string[] = [];
  return {
    createDatabase: async () => {
      const name = `bench_${randomBytes(5).toString('hex')}`;
      await runStatement(serverUrl, `create database ${name}`);
      created.push(name);
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      return url.toString();
    },
    stop: async () => {
      for (const name of created)
        await runStatement(serverUrl, `drop database ${name} with (force)`);
      await server?.stop();
      if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
