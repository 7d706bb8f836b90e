import { categoryOf } from '@encaisse/kernel';
import type { EventStore, RecordedEvent } from '@encaisse/platform/event-store';
import type { Database, SqlSession } from '@encaisse/platform/postgres';
import { type Difference, differencesBetween } from './comparison';
import { mirrorMonths } from './partition-upkeep';
import type { Projection } from './projection';
import { liveSlot, nextSlot, ProjectionStore, type StoredProjection } from './projection-store';

export type { Difference } from './comparison';

const BATCH_SIZE = 5000;
const CLOSE_ENOUGH = 2000;
const DIFFERENCES_LISTED = 20;
/** The lock, the snapshot, the holder of the live copy, the writer, and the vault the writer asks. */
const CONNECTIONS_NEEDED = 5;

/** What the comparison of the copy with the live tables led to. */
export type Comparison =
  | 'equal'
  | 'differs'
  /** The live tables were made by another version of the projection, or not at all. */
  | 'new-version'
  /** The live tables know more than the log, which was restored from a backup. */
  | 'log-restored';

export type RebuildReport = {
  readonly name: string;
  readonly events: number;
  readonly position: number;
  readonly comparison: Comparison;
  /** What differs from the tables that served until now; as many as were asked for. */
  readonly differences: readonly Difference[];
};

/** Of a rebuild that another process has done. */
const NOT_COMPARED = { comparison: 'new-version', differences: [] } as const;

export type RebuildOptions = {
  readonly onProgress?: (position: number, head: number) => void;
  /** Events read at a time; any size gives the same rows. */
  readonly batchSize?: number;
  /** Switches although the copy differs: somebody has looked at the differences. */
  readonly acceptDifferences?: boolean;
  /** Leaves a read model alone that another process has brought to this version meanwhile. */
  readonly onlyWhenOlder?: boolean;
  /** Most differences to list per table. */
  readonly differencesListed?: number;
};

/**
 * The copy is not what serves: a fold was changed without a new version, or rows were changed by hand.
 * The live tables stay as they are.
 */
export class RebuildDiffers extends Error {
  constructor(readonly report: RebuildReport) {
    super(
      `${report.name} was rebuilt up to position ${report.position} and differs from what is served; nothing was switched`,
    );
  }
}

/**
 * Fills a fresh copy of a read model from the first event while the old one serves, compares the two
 * at one position, then puts the new one in its place by a rename in one transaction. Throws
 * RebuildDiffers when they are not equal and nobody accepted it.
 */
export async function rebuildProjection(
  projection: Projection,
  store: EventStore,
  database: Database,
  options: RebuildOptions = {},
): Promise<RebuildReport> {
  if (database.pool.options.max < CONNECTIONS_NEEDED)
    throw new Error(`a rebuild needs ${CONNECTIONS_NEEDED} connections; raise DATABASE_POOL_SIZE`);
  return database.withAdvisoryLock(`rebuild ${projection.name}`, async () => {
    const { name, version } = projection;
    const stored = await new ProjectionStore(database).find(name);
    if (options.onlyWhenOlder === true && stored?.version === version)
      return { name, events: 0, position: stored.position, ...NOT_COMPARED };
    const rebuild = new Rebuild(projection, store, database, options);
    await rebuild.fill();
    const { comparison, differences } = await rebuild.compare();
    const report = (position: number): RebuildReport => {
      return { name, events: position, position, comparison, differences };
    };
    if (comparison === 'differs' && options.acceptDifferences !== true) {
      const position = await rebuild.discard();
      throw new RebuildDiffers(report(position));
    }
    return report(await rebuild.takePlace());
  });
}

/** One rebuild, from the empty copy to the switch. */
class Rebuild {
  private readonly checkpoints: ProjectionStore;
  private readonly live: string;
  private readonly next: string;
  private readonly batchSize: number;
  /** Up to where the copy is filled. */
  private position = 0;

  constructor(
    private readonly projection: Projection,
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly options: RebuildOptions,
  ) {
    this.checkpoints = new ProjectionStore(database);
    this.live = liveSlot(projection).schema;
    this.next = nextSlot(projection).schema;
    this.batchSize = options.batchSize ?? BATCH_SIZE;
  }

  /** Applies the log to the empty copy until little is left, then builds the indexes. */
  async fill(): Promise<void> {
    const slot = nextSlot(this.projection);
    await this.checkpoints.create(this.projection, slot);
    let head = await this.store.lastPosition();
    while (head - this.position > CLOSE_ENOUGH) {
      await this.advanceTo(head - CLOSE_ENOUGH, (position) =>
        this.options.onProgress?.(position, head),
      );
      head = await this.store.lastPosition();
    }
    await this.checkpoints.createIndexes(this.projection, slot);
  }

  /** Compares both copies in one snapshot taken at one position; the live one goes on meanwhile. */
  async compare(): Promise<Pick<RebuildReport, 'comparison' | 'differences'>> {
    return this.database.transaction(async (snapshot) => {
      await snapshot.query('set transaction isolation level repeatable read, read only');
      const unequal = await this.meet(snapshot);
      if (unequal !== null) return { comparison: unequal, differences: [] };
      const limit = this.options.differencesListed ?? DIFFERENCES_LISTED;
      const differences = await differencesBetween(this.live, this.next, limit, snapshot);
      return { comparison: differences.length === 0 ? 'equal' : 'differs', differences };
    });
  }

  /**
   * Brings both copies to one position and fixes the snapshot there. Gives the reason when there is
   * nothing to compare with.
   */
  private async meet(snapshot: SqlSession): Promise<Comparison | null> {
    for (;;) {
      const met = await this.database.transaction(async (holder) => {
        // The row lock holds the live runner between two batches.
        const live = await this.holdLive(holder);
        if (live?.version !== this.projection.version) return 'new-version';
        if (live.position > (await this.store.lastPosition())) return 'log-restored';
        if (live.position < this.position) {
          await this.catchLiveUp(live.position, holder);
          return 'again';
        }
        await this.advanceTo(live.position);
        await this.database.transaction((session) =>
          mirrorMonths(this.projection, this.live, this.next, session),
        );
        await snapshot.query('select 1');
        return null;
      });
      if (met !== 'again') return met;
    }
  }

  /** The live runner does not save its place with every event that is not for it. */
  private async catchLiveUp(from: number, holder: SqlSession): Promise<void> {
    for (let position = from; position < this.position;) {
      const events = await this.eventsAfter(position, this.position);
      await this.applyTo(this.live, events, holder);
      position = events.at(-1)?.position ?? this.position;
    }
    const slot = liveSlot(this.projection);
    await this.checkpoints.advance(holder, slot, from, this.position);
  }

  private async holdLive(session: SqlSession): Promise<StoredProjection | undefined> {
    const [live] = await session.query<StoredProjection>(
      'select position, version from platform.projections where name = $1 for update',
      [this.projection.name],
    );
    return live;
  }

  /** Puts the copy in the place of the live tables, at the position those have reached. */
  async takePlace(): Promise<number> {
    return this.database.transaction(async (session) => {
      const live = await this.holdLive(session);
      const head = await this.store.lastPosition();
      // Tables of another version, or none, are not followed by anybody: the copy goes on to the end.
      const isFollowed = live?.version === this.projection.version && live.position <= head;
      const target = isFollowed ? Math.max(live.position, this.position) : head;
      await this.advanceTo(target);
      await mirrorMonths(this.projection, this.live, this.next, session);
      await switchSchemas(this.projection, this.position, session);
      return this.position;
    });
  }

  /** Removes the copy: the differences it showed are told. */
  async discard(): Promise<number> {
    await this.database.transaction(async (session) => {
      await session.query(`drop schema ${this.next} cascade`);
      await session.query('delete from platform.projections where name = $1', [
        nextSlot(this.projection).name,
      ]);
    });
    return this.position;
  }

  /** Applies to the copy what follows, up to a position; the next batch is read meanwhile. */
  private async advanceTo(target: number, onBatch?: (position: number) => void): Promise<void> {
    if (this.position >= target) return;
    let reading = this.eventsAfter(this.position, target);
    while (this.position < target) {
      const events = await reading;
      const position = events.at(-1)?.position ?? target;
      reading = position < target ? this.eventsAfter(position, target) : Promise.resolve([]);
      // A failure of this batch is told; that of the reading under way is not another one.
      reading.catch(() => undefined);
      await this.database.transaction((session) => this.applyTo(this.next, events, session));
      this.position = position;
      onBatch?.(position);
    }
  }

  private async eventsAfter(position: number, target: number): Promise<readonly RecordedEvent[]> {
    const limit = Math.min(this.batchSize, target - position);
    const events = await this.store.readAll({ after: position, limit });
    return events.filter((event) => event.position <= target);
  }

  private async applyTo(
    schema: string,
    events: readonly RecordedEvent[],
    session: SqlSession,
  ): Promise<void> {
    const relevant = events.filter(({ streamId }) =>
      this.projection.categories.includes(categoryOf(streamId)),
    );
    if (relevant.length === 0) return;
    await session.query(
      `set local search_path to ${schema}, public; set local synchronous_commit to off`,
    );
    await this.projection.apply(relevant, session);
  }
}

async function switchSchemas(
  projection: Projection,
  position: number,
  session: SqlSession,
): Promise<void> {
  const { schema } = liveSlot(projection);
  await session.query(`drop schema if exists ${schema} cascade`);
  await session.query(`alter schema ${nextSlot(projection).schema} rename to ${schema}`);
  await session.query(
    `insert into platform.projections (name, version, position) values ($1, $2, $3)
     on conflict (name) do update set version = excluded.version, position = excluded.position`,
    [projection.name, projection.version, position],
  );
  await session.query('delete from platform.projections where name = $1', [
    nextSlot(projection).name,
  ]);
}
