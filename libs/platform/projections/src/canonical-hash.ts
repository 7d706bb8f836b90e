import { createHash } from 'node:crypto';
import type { Database } from '@encaisse/platform/postgres';
import { tablesOf } from './comparison';

const CHUNK_ROWS = 2000;

/**
 * SHA-256 of every row of every table of a read model, in an order of its own, months that were
 * detached included. The same on any machine, in any time zone and language; memory stays flat.
 */
export async function canonicalHash(schema: string, database: Database): Promise<string> {
  const hash = createHash('sha256');
  await database.transaction(async (session) => {
    await session.query(
      `set transaction isolation level repeatable read, read only;
       set local timezone to 'UTC'; set local datestyle to 'ISO'; set local extra_float_digits to 1`,
    );
    for (const { name } of await tablesOf(schema, session)) {
      hash.update(`${name}\n`);
      await session.query(
        `declare hashed no scroll cursor for
         select t::text as row from ${schema}.${name} t order by t::text collate "C"`,
      );
      for (;;) {
        const rows = await session.query<{ row: string }>(`fetch ${CHUNK_ROWS} from hashed`);
        if (rows.length === 0) break;
        hash.update(rows.map(({ row }) => `${row}\n`).join(''));
      }
      await session.query('close hashed');
    }
  });
  return hash.digest('hex');
}
