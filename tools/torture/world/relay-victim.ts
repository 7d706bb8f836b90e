import { Client } from 'pg';
import type { ServiceVictim } from './service-victim';
import type { Victim } from './victim';

const LOOK_MILLIS = 250;
const LEASE = 'kafka.relay';

/** Whichever process relays the log to Kafka at the moment; another one is to take over. */
export class RelayVictim implements Victim {
  readonly name = 'relay';
  private holder: number | null = null;
  private struck: ServiceVictim | null = null;
  private readonly looking: NodeJS.Timeout;

  constructor(
    private readonly databaseUrl: string,
    private readonly services: readonly ServiceVictim[],
  ) {
    this.looking = setInterval(() => void this.look().catch(() => undefined), LOOK_MILLIS);
  }

  kill(): void {
    this.struck = this.find();
    this.struck?.kill();
  }

  pause(): void {
    this.struck = this.find();
    this.struck?.pause();
  }

  resume(): void {
    this.struck?.resume();
  }

  async restart(): Promise<void> {
    await this.struck?.restart();
  }

  stop(): Promise<void> {
    clearInterval(this.looking);
    return Promise.resolve();
  }

  private find(): ServiceVictim | null {
    return this.services.find(({ pid }) => pid !== null && pid === this.holder) ?? null;
  }

  /** The holder of a lease is told as `host/pid/…`. */
  private async look(): Promise<void> {
    const client = new Client({ connectionString: this.databaseUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ holder: string | null }>(
        'select holder from platform.leases where name = $1',
        [LEASE],
      );
      this.holder = Number(rows[0]?.holder?.split('/')[1] ?? Number.NaN);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
