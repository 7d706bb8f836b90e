import { setTimeout as wait } from 'node:timers/promises';
import type { HeldWork, Leases } from '@encaisse/platform/leases';
import type { BusLogger } from '../line-of-messages';
import type { RelayStatus } from '../message-bus';
import type { PublishedTypes } from './published-types';
import { TypesUnknown } from './published-types';
import type { Relay } from './relay';

export const RELAY_LEASE = 'kafka.relay';
const LOOK_AGAIN_MILLIS = 2000;

export type ElectionParts = {
  readonly relay: Relay;
  readonly leases: Leases;
  readonly types: PublishedTypes;
  readonly logger: BusLogger;
};

/** Lets one process of the installation relay, among those that know all that is published. */
export class RelayElection {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private held: HeldWork | null = null;
  private isAside = false;

  constructor(private readonly parts: ElectionParts) {}

  get state(): RelayStatus['state'] {
    if (this.stopping.signal.aborted) return 'stopped';
    if (this.isAside) return 'aside';
    return this.held?.isHolder === true ? this.parts.relay.state : 'standby';
  }

  start(): void {
    this.running = this.turns();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async turns(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.parts.types.assertAllKnown();
        if (this.isAside) this.parts.logger.info({}, 'all that is published is known: may relay');
        this.isAside = false;
        await this.compete();
      } catch (error) {
        this.standAside(error as Error);
      }
      await wait(LOOK_AGAIN_MILLIS, undefined, { signal: this.stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Until told to stop, or until the relay finds that it does not know everything. */
  private async compete(): Promise<void> {
    const unknown = new Promise<TypesUnknown | null>((resolve) => {
      this.stopping.signal.addEventListener('abort', () => resolve(null), { once: true });
      this.held = this.parts.leases.hold(RELAY_LEASE, async (lease) => {
        try {
          await this.parts.relay.run(lease);
        } catch (error) {
          if (error instanceof TypesUnknown) resolve(error);
          throw error;
        }
      });
    });
    const reason = this.stopping.signal.aborted ? null : await unknown;
    await this.held?.stop();
    this.held = null;
    if (reason !== null) throw reason;
  }

  private standAside(error: Error): void {
    if (!(error instanceof TypesUnknown)) {
      this.parts.logger.error({ error: error.message }, 'the relay waits');
      return;
    }
    if (!this.isAside)
      this.parts.logger.warn(
        { types: error.types },
        'the relay is left to processes that know all that is published',
      );
    this.isAside = true;
  }
}
