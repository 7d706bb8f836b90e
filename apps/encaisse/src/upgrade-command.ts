import { openPlatform } from '@encaisse/platform/runtime';
import { Client } from 'pg';
import type { CommandContext, Outcome } from './commands';
import { withAddress } from './installation';

const MIGRATIONS = "select to_regclass('public.migrations')::text as name";

/**
 * Brings the database to what this release needs, as every start does, for a step of its own before the
 * services of a release start. Read models follow at the start of the service that has them.
 */
export async function upgrade({ settings }: CommandContext): Promise<Outcome> {
  return withAddress(
    settings,
    async ({ url }) => {
      const before = await migrationsIn(url);
      const quiet = { ...settings, databaseUrl: url, logLevel: 'silent' as const };
      const platform = await openPlatform('encaisse upgrade', quiet);
      const position = await platform.store.lastPosition();
      await platform.close();
      const applied = (await migrationsIn(url)).filter((name) => !before.includes(name));
      const text =
        applied.length === 0
          ? `the database is up to date already, the log is at position ${position}`
          : `applied ${applied.join(', ')}; the log is at position ${position}`;
      return { json: { applied, position }, text, exitCode: 0 };
    },
    { mayCreate: true },
  );
}

/** Names of the migrations a database has had, none for an empty one. */
async function migrationsIn(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string | null }>(MIGRATIONS);
    if (tables[0]?.name == null) return [];
    const { rows } = await client.query<{ name: string }>(
      'select name from public.migrations order by id',
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
