import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Publication } from '../message-bus';

/** Another process publishes more than this one knows: it must not speak for all. */
export class TypesUnknown extends Error {
  constructor(readonly types: readonly string[]) {
    super(`other processes publish ${types.join(', ')}, which this one does not know`);
  }
}

/**
 * What all the processes of the installation publish together. A relay that did not know a type would
 * pass its events over for good, so it compares before it moves its checkpoint. A type that is no longer
 * published is taken out of the table by a migration.
 */
export class PublishedTypes {
  constructor(
    private readonly database: Database,
    private readonly publications: readonly Publication[],
  ) {}

  async register(): Promise<void> {
    for (const { name, schemas } of this.publications)
      await this.database.query(
        `insert into bus.published_types (type, publication)
         select type, $2 from unnest($1::text[]) as one (type) on conflict do nothing`,
        [Object.keys(schemas), name],
      );
  }

  /** Throws TypesUnknown. */
  async assertAllKnown(session: SqlSession = this.database): Promise<void> {
    const known = this.publications.flatMap(({ schemas }) => Object.keys(schemas));
    const rows = await session.query<{ type: string }>(
      'select type from bus.published_types where type <> all ($1::text[]) order by type',
      [known],
    );
    if (rows.length > 0) throw new TypesUnknown(rows.map(({ type }) => type));
  }
}
