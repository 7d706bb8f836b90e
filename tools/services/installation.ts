import { join } from 'node:path';
import { startEmbeddedPostgres } from '@encaisse/platform/postgres';
import { keptKey, openDataDirectory, type Settings } from '@encaisse/platform/runtime';
import { type ServiceCopy, type ServiceName, SERVICES } from './catalogue';
import { Gateway } from './gateway';
import { ServiceProcess } from './service-process';

// The launcher is plain JavaScript, so that test setups can use it before anything is compiled.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { startBroker } = require(join(process.cwd(), 'tools', 'kafka', 'launch-broker.js')) as {
  readonly startBroker: (options: {
    folder: string;
  }) => Promise<{ brokers: string[]; stop(): Promise<void> }>;
};

const SIMULATOR: ServiceName = 'acquirer-simulator';

export type InstallationOptions = {
  readonly settings: Settings;
  /** How many processes of a service, one for those not named. */
  readonly copies: Readonly<Partial<Record<ServiceName, number>>>;
  /** False leaves messages on the log in PostgreSQL, without a broker. */
  readonly hasKafka: boolean;
  readonly say: (who: string, line: string) => void;
};

/**
 * Everything of one installation on this machine, each service in its own process: PostgreSQL and Kafka
 * unless they are given, then the services, then one address before them.
 */
export class Installation {
  private readonly ends: (() => Promise<void>)[] = [];
  readonly processes: ServiceProcess[] = [];

  private constructor(private readonly options: InstallationOptions) {}

  /** Ends what it started before when a part does not start. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const installation = new Installation(options);
    try {
      await installation.startAll();
    } catch (error) {
      await installation.stop();
      throw error;
    }
    return installation;
  }

  /** The services finish what they began, the database ends last. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  private async startAll(): Promise<void> {
    const { settings } = this.options;
    const dataDir = openDataDirectory(settings.dataDir);
    if (settings.nodeEnvironment !== 'production')
      // Made once here, before the services start side by side and would each make their own.
      for (const name of ['token.key', 'vault.key']) keptKey(dataDir, name);
    const environment = {
      DATA_DIR: dataDir,
      DATABASE_URL: await this.databaseUrl(dataDir),
      ACQUIRER_SIMULATOR_PORT: String(settings.acquirerSimulatorPort),
      SMTP_SINK_PORT: String(settings.smtpSinkPort),
      PUBLIC_URL: settings.publicUrl,
      ...(await this.brokers(dataDir)),
    };
    await this.startServices(environment);
    const gateway = new Gateway(this.processes);
    await gateway.listen(settings.port);
    this.ends.push(() => gateway.close());
  }

  private async databaseUrl(dataDir: string): Promise<string> {
    const { settings, say } = this.options;
    if (settings.databaseUrl !== null) return settings.databaseUrl;
    say('services', 'starting PostgreSQL');
    const server = await startEmbeddedPostgres({ dataDir, onLog: () => undefined });
    this.ends.push(() => server.stop());
    return server.url;
  }

  private async brokers(dataDir: string): Promise<Record<string, string>> {
    if (!this.options.hasKafka) return {};
    if (process.env['KAFKA_BROKERS'] === undefined) this.options.say('services', 'starting Kafka');
    const broker = await startBroker({ folder: join(dataDir, 'kafka') });
    this.ends.push(() => broker.stop());
    return { KAFKA_BROKERS: broker.brokers.join(',') };
  }

  private async startServices(environment: Readonly<Record<string, string>>): Promise<void> {
    const { say, settings } = this.options;
    for (const [offset, copy] of this.wanted().entries()) {
      const service: ServiceProcess = new ServiceProcess({
        copy,
        port: settings.port + 1 + offset,
        // The counterparts, acquirer and mail server, stand outside: they take and publish no messages.
        environment:
          copy.service === SIMULATOR ? { ...environment, KAFKA_BROKERS: '' } : environment,
        say: (line) => say(service.name, line),
      });
      this.processes.push(service);
    }
    this.ends.push(async () => {
      await Promise.all(this.processes.map((process) => process.stop()));
    });
    // The first one makes the tables and the simulated acquirer, so that the others find both.
    const [first, ...others] = this.processes;
    await first?.start();
    await Promise.all(others.map((process) => process.start()));
  }

  private wanted(): readonly ServiceCopy[] {
    return SERVICES.flatMap((service) =>
      Array.from({ length: this.options.copies[service] ?? 1 }, (_, index) => ({ service, index })),
    );
  }
}
