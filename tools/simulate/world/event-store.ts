import {
  type AppendResult,
  CatchUpSubscription,
  EventStore,
  type Position,
  PositionSignal,
  prepareAppend,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StoreCapabilities,
  StoreUnavailable,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '@encaisse/platform/event-store';
import type { Conditions } from './conditions';
import type { Machine, SimulatedProcess } from './machine';
import type { SimulatedServer } from './server';
import type { Wire } from './wire';

/** As the PostgreSQL adapter: an append whose answer is lost is sent again, the ids make it safe. */
const RETRY_MILLIS = [50, 200, 500, 1000];
const RECONNECT_MILLIS = 250;
/** A notification that got lost is made good by the slow poll. */
const POLL_MILLIS = 1000;

export type StoreParts = {
  readonly machine: Machine;
  readonly conditions: Conditions;
  readonly server: SimulatedServer;
  readonly wire: Wire;
};

/** The log as one simulated process reaches it, with the outages and lost answers of a real one. */
export class SimulatedEventStore extends EventStore {
  readonly capabilities: StoreCapabilities = {
    isAtomicAcrossStreams: true,
    hasDensePositions: true,
  };
  private readonly signal = new PositionSignal();
  /** How far this process has read; its subscriptions share what one of them fetched. */
  private fetched: Position = 0;
  private readonly fetching = new Map<Position, Promise<readonly RecordedEvent[]>>();

  constructor(
    private readonly process: SimulatedProcess,
    private readonly parts: StoreParts,
  ) {
    super();
    const { machine, server, conditions } = parts;
    server.listen(process, (position) => {
      if (conditions.isReachable(process) && !conditions.strikes('F22', conditions.buggify))
        this.signal.advance(position);
      else machine.in(POLL_MILLIS, process, () => this.signal.advance(position));
    });
  }

  override async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    // Throws here what only a bug can send, and keeps the caller from changing it later.
    prepareAppend(writes);
    const { wire, server } = this.parts;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const ask = () => server.append(this.process, writes);
        const result = await wire.ask(this.process, ask, true);
        if (result.kind === 'appended') this.signal.advance(result.position);
        return result;
      } catch (error) {
        const delay = RETRY_MILLIS[attempt];
        if (!isOutage(error)) throw error;
        if (delay === undefined) throw new StoreUnavailable('the log does not answer');
        await this.pause(delay);
      }
    }
  }

  override readStream(streamId: string, options?: ReadStreamOptions): Promise<RecordedEvent[]> {
    return this.read(() => this.parts.server.log.readStream(streamId, options));
  }

  override readAll(options: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.read(() => this.parts.server.log.readAll(options));
  }

  override lastPosition(): Promise<Position> {
    return this.read(() => this.parts.server.log.lastPosition());
  }

  override subscribeToAll(options: SubscribeOptions): Subscription {
    return new CatchUpSubscription(
      {
        read: (after, limit, signal) => this.readTail(after, limit, signal),
        changed: (after, signal) => this.signal.beyond(after, signal),
      },
      options,
    );
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  private async readTail(
    after: Position,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly RecordedEvent[]> {
    for (;;) {
      if (after < this.fetched)
        return this.parts.server.events.slice(after, Math.min(this.fetched, after + limit));
      try {
        return await this.fetch(after, limit);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (signal.aborted) return [];
        await this.pause(RECONNECT_MILLIS);
      }
    }
  }

  /** As the ring of the PostgreSQL adapter: near the end of the log one reading serves all. */
  private fetch(after: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const known = this.fetching.get(after);
    if (known) return known;
    const fetching = this.readAll({ after, limit }).then((events) => {
      const last = events.at(-1);
      if (last !== undefined && after <= this.fetched)
        this.fetched = Math.max(this.fetched, last.position);
      return events;
    });
    const forget = (): unknown => this.fetching.delete(after);
    fetching.then(forget, forget);
    this.fetching.set(after, fetching);
    return fetching;
  }

  private read<Answer>(serve: () => Promise<Answer>): Promise<Answer> {
    const { wire, server } = this.parts;
    return wire
      .ask(this.process, () => {
        server.refuseUnreachable(this.process);
        return serve();
      })
      .catch((error: unknown) => {
        throw isOutage(error) ? new StoreUnavailable('the log does not answer') : error;
      });
  }

  private pause(millis: number): Promise<void> {
    return new Promise((resolve) => this.parts.machine.in(millis, this.process, resolve));
  }
}

function isOutage(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ECONNRESET' || code === '53100';
}
