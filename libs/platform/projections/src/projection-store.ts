import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { Projection } from './projection';

/** What is recorded of a projection beside its tables. */
export type StoredProjection = { readonly version: number; readonly position: number };

/** Checkpoints and schemas of projections. A rebuild's row is named `<name>#next`. */
export class ProjectionStore {
  constructor(private readonly database: Database) {}

  async find(name: string): Promise<StoredProjection | null> {
    const [row] = await this.database.query<StoredProjection>(
      'select version, position from platform.projections where name = $1',
      [name],
    );
    return row ?? null;
  }

  /** Creates the tables in an empty schema, with the checkpoint at the beginning. */
  async create(projection: Projection, slot: ProjectionSlot): Promise<void> {
    await this.database.transaction(async (session) => {
      await session.query(`drop schema if exists ${slot.schema} cascade`);
      await session.query(`create schema ${slot.schema}`);
      await session.query(`set local search_path to ${slot.schema}, public`);
      await session.query(projection.tables);
      if (slot.isLive && projection.indexes) await session.query(projection.indexes);
      await session.query(
        `insert into platform.projections (name, version, position) values ($1, $2, 0)
         on conflict (name) do update set version = excluded.version, position = 0`,
        [slot.name, projection.version],
      );
    });
  }

  async createIndexes(projection: Projection, slot: ProjectionSlot): Promise<void> {
    if (!projection.indexes) return;
    await this.database.transaction(async (session) => {
      await session.query(`set local search_path to ${slot.schema}, public`);
      await session.query(projection.indexes ?? '');
      // A table cut by month stands for its partitions: they are read through it.
      const tables = await session.query<{ name: string }>(
        `select quote_ident(relname) as name from pg_class
         where relnamespace = $1::regnamespace and relkind in ('r', 'p') and not relispartition`,
        [slot.schema],
      );
      for (const { name } of tables) await session.query(`analyze ${slot.schema}.${name}`);
    });
  }

  /**
   * Moves the checkpoint from one position to another, inside the caller's transaction. False when the
   * checkpoint is not where the caller left it: another process has taken over. False as well when the
   * tables are another version's: a newer release has made them again, with other columns or another fold.
   */
  async advance(
    session: SqlSession,
    slot: ProjectionSlot,
    from: number,
    to: number,
  ): Promise<boolean> {
    const rows = await session.query(
      `update platform.projections set position = $3, moved_at = clock_timestamp()
       where name = $1 and position = $2 and version = $4 returning name`,
      [slot.name, from, to, slot.version],
    );
    return rows.length === 1;
  }
}

/** Where a projection is written: the live schema, or the one a rebuild fills beside it. */
export type ProjectionSlot = {
  readonly name: string;
  readonly schema: string;
  /** Of the projection that may write there. */
  readonly version: number;
  readonly isLive: boolean;
};

export function liveSlot({ name, schema, version }: Projection): ProjectionSlot {
  return { name, schema, version, isLive: true };
}

export function nextSlot({ name, schema, version }: Projection): ProjectionSlot {
  return { name: `${name}#next`, schema: `${schema}_next`, version, isLive: false };
}
