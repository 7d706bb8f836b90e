import { randomBytes } from 'node:crypto';
import { ROOT_NODE, TOKEN_SCOPES, Tokens } from '@encaisse/platform/http';
import { freePort } from '@encaisse/testing';
import { KafkaVictim } from './kafka-victim';
import { PostgresVictim } from './postgres-victim';
import { RelayVictim } from './relay-victim';
import { ServiceVictim } from './service-victim';
import type { Victim } from './victim';

/** Every context in one process, or each service in its own. */
export type Arrangement = 'together' | 'apart';

/** The contexts a client calls. */
export const CONTEXTS = [
  'merchant-onboarding',
  'authorization',
  'cashdesk',
  'remittance',
  'scheduler',
  'backoffice',
] as const;
export type Context = (typeof CONTEXTS)[number];

export type FleetOptions = {
  readonly folder: string;
  readonly arrangement: Arrangement;
  /** Messages between services go over a Kafka broker of the laboratory's own. */
  readonly hasKafka?: boolean;
  /** Settings of the server on top of the product's own. */
  readonly serverSettings?: Readonly<Record<string, string>>;
  /** Settings of the services on top of the laboratory's own. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** First part of the names of topics and groups. */
export const KAFKA_PREFIX = 'laboratory';
const TOKEN_SECONDS = 7 * 86_400;
const ACQUIRER_TIMEOUT_MS = '3000';

/** The product as it runs in production: a database server and services, each a process of its own. */
export class Fleet {
  private constructor(
    readonly postgres: PostgresVictim,
    readonly services: ReadonlyMap<string, ServiceVictim>,
    readonly databaseUrl: string,
    readonly token: string,
    readonly environment: Readonly<Record<string, string>>,
    private readonly arrangement: Arrangement,
    readonly kafka: KafkaVictim | null,
    private readonly relay: RelayVictim | null,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const { folder, arrangement, serverSettings = {}, settings = {} } = options;
    const tokenKey = randomBytes(32).toString('hex');
    const postgres = await PostgresVictim.start({ dataDir: folder, settings: serverSettings });
    const databaseUrl = await postgres.createDatabase('encaisse');
    const simulatorPort = String(await freePort());
    const sinkPort = String(await freePort());
    const kafka = options.hasKafka === true ? await KafkaVictim.start() : null;
    const environment = {
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
      TOKEN_KEY: tokenKey,
      ACQUIRER_URL: `tcp://127.0.0.1:${simulatorPort}`,
      ACQUIRER_TIMEOUT_MS,
      ...(kafka === null ? {} : { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PREFIX }),
      ...settings,
    };
    const names = arrangement === 'together' ? ['all-in-one'] : CONTEXTS;
    const services = new Map<string, ServiceVictim>();
    for (const name of ['acquirer-simulator', ...names]) {
      const isSimulator = name === 'acquirer-simulator';
      const own = {
        PORT: String(await freePort()),
        ACQUIRER_SIMULATOR_PORT: isSimulator ? simulatorPort : String(await freePort()),
        // The one beside the port would lie among those that connections are given.
        SMTP_SINK_PORT: name === 'all-in-one' ? String(await freePort()) : sinkPort,
      };
      services.set(name, new ServiceVictim(name, { ...environment, ...own }));
    }
    const fleet = new Fleet(
      postgres,
      services,
      databaseUrl,
      await issueToken(tokenKey),
      environment,
      arrangement,
      kafka,
      kafka === null ? null : new RelayVictim(databaseUrl, [...services.values()]),
    );
    await fleet.startServices();
    return fleet;
  }

  urlOf(context: Context): string {
    const name = this.arrangement === 'together' ? 'all-in-one' : context;
    return this.services.get(name)!.url;
  }

  /** What a target of the command line stands for; undefined when nothing of this fleet does. */
  victim(target: string): Victim | undefined {
    if (target === 'postgres') return this.postgres;
    if (target === 'kafka') return this.kafka ?? undefined;
    if (target === 'relay') return this.relay ?? undefined;
    if (this.arrangement === 'together' && CONTEXTS.some((context) => context === target))
      return this.services.get('all-in-one');
    return this.services.get(target);
  }

  async stop(): Promise<void> {
    await this.relay?.stop();
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.kafka?.stop();
    await this.postgres.stop();
  }

  /** The first makes the tables; the others then start side by side. */
  private async startServices(): Promise<void> {
    const [simulator, ...others] = [...this.services.values()];
    await simulator!.restart();
    for (const service of others) await service.restart();
  }
}

function issueToken(tokenKey: string): Promise<string> {
  return new Tokens(Buffer.from(tokenKey, 'hex')).issue({
    login: 'laboratory',
    displayName: 'Laboratoire',
    nodeId: ROOT_NODE,
    environment: 'TEST',
    scopes: TOKEN_SCOPES,
    lifetimeSeconds: TOKEN_SECONDS,
  });
}
