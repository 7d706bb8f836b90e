import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of one spec's own on the server of the Jest run. */
export type TestDatabase = {
  readonly url: string;
  readonly name: string;
  /** Closes what is still connected and removes the database. */
  drop(): Promise<void>;
};

/** Creates an empty database, or a copy of one that a spec prepared once (`template`). */
export async function createTestDatabase(
  options: { readonly template?: string } = {},
): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  if (serverUrl === undefined) {
    throw new Error('TEST_DATABASE_URL is not set: run the int or e2e project of jest.config.js');
  }
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const template = options.template ?? 'template1';
  await onServer(serverUrl, `create database ${name} template ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    name,
    drop: () => onServer(serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
