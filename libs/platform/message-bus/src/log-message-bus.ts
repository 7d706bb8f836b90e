import { DurableMessageBus, type DurableMessageBusOptions } from './durable-message-bus';
import { ConsumerRunner } from './consumer-runner';
import type { ConsumerStatus } from './message-bus';

export type LogMessageBusOptions = DurableMessageBusOptions & {
  /** How long a group stands still, with work to do, before a copy that stands by takes over. */
  readonly takeoverMillis?: number;
};

const TAKEOVER_MILLIS = 2000;

/**
 * Consumer groups that read the event log from their own checkpoint in PostgreSQL (D8). A message's
 * effect and the checkpoint that says it is done are one SQL transaction: whatever is killed, effects
 * are written exactly once. Needs nothing but the database, in one process or in several.
 */
export class LogMessageBus extends DurableMessageBus {
  private readonly runners = new Map<string, ConsumerRunner>();

  constructor(private readonly options: LogMessageBusOptions) {
    super(options);
  }

  override async status(): Promise<readonly ConsumerStatus[]> {
    const [positions, parked, head] = await Promise.all([
      this.groups.positions(),
      this.groups.parkedCounts(),
      this.options.store.lastPosition(),
    ]);
    return [...this.consumers.keys()].map((group) => {
      const known = this.runners.get(group)?.known;
      const position = known?.position ?? positions.get(group) ?? 0;
      return {
        group,
        position,
        lag: Math.max(0, head - position),
        parked: parked.get(group) ?? 0,
        state: known?.state ?? 'stopped',
      };
    });
  }

  protected override begin(): Promise<void> {
    const { store, logger } = this.options;
    const { mapping, groups, retryDelaysMillis } = this;
    const takeoverMillis = this.options.takeoverMillis ?? TAKEOVER_MILLIS;
    const settings = { retryDelaysMillis, takeoverMillis };
    for (const consumer of this.consumers.values()) {
      const taker = this.takerOf(consumer);
      const parts = { consumer, mapping, store, groups, taker, logger, settings };
      const runner = new ConsumerRunner(parts);
      this.runners.set(consumer.group, runner);
      runner.start();
    }
    return Promise.resolve();
  }

  protected override async end(): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    this.runners.clear();
  }
}
