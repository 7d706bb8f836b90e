import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MessageBus } from '@encaisse/platform/message-bus';
import type { Projections } from '@encaisse/platform/projections';

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30];

/** Prometheus metrics of a process: requests, projections, consumers and what contexts add. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'encaisse_http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** A counter of a business fact, such as authorisations by result. */
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]) {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  watchProjections(projections: Projections): void {
    const gauge = new Gauge({
      name: 'encaisse_projection_lag_events',
      help: 'Events a read model is behind the log',
      labelNames: ['projection'],
      registers: [this.registry],
      collect: async () => {
        for (const { name, lag } of await projections.status())
          gauge.set({ projection: name }, lag);
      },
    });
  }

  watchConsumers(bus: MessageBus): void {
    const lags = new Gauge({
      name: 'encaisse_consumer_lag_events',
      help: 'Events a consumer group is behind the log',
      labelNames: ['group'],
      registers: [this.registry],
      collect: async () => {
        for (const { group, lag } of await bus.status()) lags.set({ group }, lag);
      },
    });
    const parked = new Gauge({
      name: 'encaisse_consumer_parked_messages',
      help: 'Messages parked for an operator',
      labelNames: ['group'],
      registers: [this.registry],
      collect: async () => {
        for (const status of await bus.status()) parked.set({ group: status.group }, status.parked);
      },
    });
  }

  /** For a bus that goes through a broker. */
  watchRelay(bus: MessageBus): void {
    const position = new Gauge({
      name: 'encaisse_relay_position',
      help: 'Position of the last event whose messages are on the broker',
      registers: [this.registry],
      collect: async () => {
        const relay = await bus.relayStatus();
        if (relay !== null) position.set(relay.position);
      },
    });
    const lag = new Gauge({
      name: 'encaisse_relay_lag_events',
      help: 'Events the relay to the broker is behind the log',
      registers: [this.registry],
      collect: async () => {
        const relay = await bus.relayStatus();
        if (relay !== null) lag.set(relay.lag);
      },
    });
  }
}
