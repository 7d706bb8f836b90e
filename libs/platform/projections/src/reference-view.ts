import {
  EventStore,
  type RecordedEvent,
  StoreUnavailable,
  type Subscription,
} from '@encaisse/platform/event-store';
import type { SqlSession } from '@encaisse/platform/postgres';
import { categoryOf } from '@encaisse/kernel';
import { PositionWaiters } from './position-waiters';

/** A small state every copy of a service keeps in memory: places, contracts, blocked cards. */
export type ReferenceDefinition<State> = {
  /** `<context>.<noun>`; names the snapshot. */
  readonly name: string;
  /** Raised when the fold or the state's shape changes: the snapshot is then left aside. */
  readonly version: number;
  readonly categories: readonly string[];
  initial(this: void): State;
  /** May change the state in place. */
  evolve(this: void, state: State, event: RecordedEvent): State;
  toJson(this: void, state: State): unknown;
  fromJson(this: void, json: unknown): State;
};

const BATCH_SIZE = 2000;
const SNAPSHOT_EVERY_EVENTS = 20_000;
/** So far behind, a view reads its own categories alone instead of following the whole log. */
const FAR_EVENTS = 20_000;
/** Nobody waits: events of a busy log are taken together. */
const GATHER_MILLIS = 10;

/**
 * Folds reference facts into memory and follows the log. A snapshot only shortens the start: dropping
 * it changes nothing. Reads are synchronous; `waitFor` gives read-your-writes across services.
 */
export class ReferenceView<State> {
  private state: State;
  private position = 0;
  private savedAt = 0;
  private hasChanges = false;
  private subscription: Subscription | undefined;
  private readonly waiters = new PositionWaiters();
  private readonly categories: ReadonlySet<string>;

  constructor(
    private readonly definition: ReferenceDefinition<State>,
    private readonly store: EventStore,
    private readonly session: SqlSession,
  ) {
    this.state = definition.initial();
    this.categories = new Set(definition.categories);
  }

  get current(): State {
    return this.state;
  }

  /** Where in the log the state stands. */
  get reached(): number {
    return this.position;
  }

  /** Loads the snapshot and catches up with the log as it stands now, then follows it. */
  async start(): Promise<void> {
    await this.loadSnapshot();
    const head = await this.store.lastPosition();
    await this.comeNear(head);
    this.subscription = this.store.subscribeToAll({
      after: this.position,
      batchSize: BATCH_SIZE,
      onBatch: (events) => this.onBatch(events),
    });
    await Promise.race([this.subscription.done, this.waiters.until(head)]);
  }

  /** Resolves once the state holds everything up to a position; false when that takes too long. */
  waitFor(position: number, timeoutMillis: number): Promise<boolean> {
    return this.waiters.wait(position, timeoutMillis);
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
    await this.saveSnapshot();
  }

  /** Reads what is long past. An outage ends it: the subscription waits that out and reads the rest. */
  private async comeNear(head: number): Promise<void> {
    const { categories } = this.definition;
    try {
      while (head - this.position > FAR_EVENTS) {
        const after = this.position;
        const { events, reached } = await this.store.readCategories({
          after,
          limit: BATCH_SIZE,
          categories,
        });
        if (reached === after) return;
        await this.take(events, reached);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  private async onBatch(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    await this.take(
      events.filter(({ streamId }) => this.categories.has(categoryOf(streamId))),
      last.position,
    );
    if (events.length < BATCH_SIZE) await this.waiters.rest(GATHER_MILLIS);
  }

  private async take(events: readonly RecordedEvent[], reached: number): Promise<void> {
    for (const event of events) this.state = this.definition.evolve(this.state, event);
    if (events.length > 0) this.hasChanges = true;
    this.position = reached;
    this.waiters.reached(reached);
    if (reached - this.savedAt >= SNAPSHOT_EVERY_EVENTS) await this.saveSnapshot();
  }

  private async loadSnapshot(): Promise<void> {
    const { name, version } = this.definition;
    const [row] = await this.session.query<{ position: number; state: unknown }>(
      'select position, state from platform.reference_snapshots where name = $1 and version = $2',
      [name, version],
    );
    const head = await this.store.lastPosition();
    if (!row || row.position > head) return;
    this.state = this.definition.fromJson(row.state);
    this.position = row.position;
    this.savedAt = row.position;
    this.waiters.reached(row.position);
  }

  private async saveSnapshot(): Promise<void> {
    if (!this.hasChanges && this.position - this.savedAt < SNAPSHOT_EVERY_EVENTS) return;
    const { name, version } = this.definition;
    await this.session.query(
      `insert into platform.reference_snapshots (name, version, position, state)
       values ($1, $2, $3, $4)
       on conflict (name) do update
         set version = excluded.version, position = excluded.position, state = excluded.state
       where reference_snapshots.version <> excluded.version
          or reference_snapshots.position < excluded.position`,
      [name, version, this.position, JSON.stringify(this.definition.toJson(this.state))],
    );
    this.savedAt = this.position;
    this.hasChanges = false;
  }
}
