import type { EventStore } from '@encaisse/platform/event-store';
import type { Database } from '@encaisse/platform/postgres';
import {
  keepMonths,
  partitionStatus,
  type PartitionStatus,
  type UpkeepOptions,
  type UpkeepReport,
} from './partition-upkeep';
import type { Projection, ProjectionStatus } from './projection';
import { type PlatformLogger, ProjectionRunner } from './projection-runner';
import { type RebuildOptions, type RebuildReport, rebuildProjection } from './rebuild';
import { type ReferenceDefinition, ReferenceView } from './reference-view';

const POLL_MILLIS = 25;

/** All the projections and reference views of a process: registered by contexts, run together. */
export class Projections {
  private readonly projections = new Map<string, Projection>();
  private readonly runners = new Map<string, ProjectionRunner>();
  private readonly views: ReferenceView<unknown>[] = [];

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly logger: PlatformLogger,
  ) {}

  register(projection: Projection): void {
    if (this.projections.has(projection.name))
      throw new Error(`two projections are named ${projection.name}`);
    this.projections.set(projection.name, projection);
  }

  /** A view that starts and stops with the projections. */
  follow<State>(definition: ReferenceDefinition<State>): ReferenceView<State> {
    const view = new ReferenceView(definition, this.store, this.database);
    this.views.push(view);
    return view;
  }

  /** The PostgreSQL schema of a read model. Throws on a name nobody registered. */
  schemaOf(name: string): string {
    const projection = this.projections.get(name);
    if (!projection) throw new Error(`no projection is named ${name}`);
    return projection.schema;
  }

  get names(): readonly string[] {
    return [...this.projections.keys()];
  }

  /** Reference views first: requests and projections rely on them. */
  async start(): Promise<void> {
    await Promise.all(this.views.map((view) => view.start()));
    for (const projection of this.projections.values()) {
      const runner = new ProjectionRunner(projection, this.store, this.database, this.logger);
      this.runners.set(projection.name, runner);
      await runner.start();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    await Promise.all(this.views.map((view) => view.stop()));
  }

  async status(): Promise<ProjectionStatus[]> {
    const head = await this.store.lastPosition();
    return [...this.runners.values()].map((runner) => runner.status(head));
  }

  /** Waits until a read model holds a position, wherever it is run. False after the time-out. */
  async waitFor(name: string, position: number, timeoutMillis: number): Promise<boolean> {
    const runner = this.runners.get(name);
    if (runner) return runner.waitFor(position, timeoutMillis);
    for (let waited = 0; waited <= timeoutMillis; waited += POLL_MILLIS) {
      const [row] = await this.database.query(
        'select 1 from platform.projections where name = $1 and position >= $2',
        [name, position],
      );
      if (row) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    }
    return false;
  }

  /** As `waitFor`, and gives the checkpoint that must stand beside the rows; null after the time-out. */
  async checkpointAt(name: string, position: number, timeoutMillis: number) {
    const runner = this.runners.get(name);
    if (runner) return runner.checkpointAt(position, timeoutMillis);
    return (await this.waitFor(name, position, timeoutMillis)) ? position : null;
  }

  /** Rows of a read model are gone that were there: its runner begins where the tables stand. */
  async lookAgain(name: string): Promise<void> {
    await this.runners.get(name)?.lookAgain();
  }

  /** Waits until every reference view of this process holds a position: what decisions rest on. */
  async settleViews(position: number, timeoutMillis: number): Promise<boolean> {
    const waits = this.views.map((view) => view.waitFor(position, timeoutMillis));
    return (await Promise.all(waits)).every(Boolean);
  }

  /** Waits until every projection and view of this process holds a position. */
  async settle(position: number, timeoutMillis: number): Promise<boolean> {
    const waits = [...this.runners.values(), ...this.views].map((one) =>
      one.waitFor(position, timeoutMillis),
    );
    return (await Promise.all(waits)).every(Boolean);
  }

  async rebuild(name: string, options: RebuildOptions = {}): Promise<RebuildReport> {
    const projection = this.projections.get(name);
    if (!projection)
      throw new Error(`no projection is named ${name}; there are: ${this.names.join(', ')}`);
    return rebuildProjection(projection, this.store, this.database, options);
  }

  /** The months of every table that is cut by month, oldest first. */
  async partitions(): Promise<PartitionStatus[]> {
    const found: PartitionStatus[] = [];
    for (const projection of this.projections.values())
      found.push(...(await partitionStatus(projection, this.database)));
    return found;
  }

  /**
   * Creates the coming months of every table cut by month, detaches what is past the history and
   * brings back what a longer one asks for. Can be repeated, also by several processes at once.
   */
  async keepMonths(options: UpkeepOptions): Promise<UpkeepReport[]> {
    const reports: UpkeepReport[] = [];
    for (const projection of this.projections.values())
      reports.push(...(await keepMonths(projection, this.database, options)));
    return reports;
  }
}
