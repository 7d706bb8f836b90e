import { AuthorizationModule } from '@encaisse/authorization/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import type { Environment, Instant } from '@encaisse/kernel';
import { instantOfEpochMillis } from '@encaisse/kernel';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { type Action, ActionLog, ACTIONS } from '@encaisse/platform/access';
import { Clock, SystemTimers, Timers } from '@encaisse/platform/clock';
import { EventStore, Streams } from '@encaisse/platform/event-store';
import { LeasedEventStore, Leases } from '@encaisse/platform/leases';
import {
  KafkaMessageBus,
  type KafkaSettings,
  LogMessageBus,
  MessageBus,
} from '@encaisse/platform/message-bus';
import { Mailer } from '@encaisse/platform/mail';
import { Database } from '@encaisse/platform/postgres';
import { type Projection, Projections } from '@encaisse/platform/projections';
import {
  LOGGER_TOKEN,
  Metrics,
  Readiness,
  SETTINGS_TOKEN,
  TimedJobs,
  TransactionNumbers,
} from '@encaisse/platform/runtime';
import { Workers } from '@encaisse/platform/runtime';
import {
  CardVault,
  Keyring,
  MessageKeyVault,
  PersonVault,
  PostgresCardVault,
  PostgresMessageKeyVault,
  PostgresPersonVault,
} from '@encaisse/platform/security';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { Container } from '../nest-stand-in';
import type { SimulatedAcquirer } from './acquirer';
import { SimulatedAcquirerGateway } from './acquirer-gateway';
import type { SimulatedBroker } from './broker';
import { simulatedDatabase } from './database';
import { SimulatedEventStore, type StoreParts } from './event-store';
import { SimulatedFileDrop, type SimulatedFolders } from './file-drop';
import { giveAddress } from './kafkajs';
import type { SimulatedProcess } from './machine';
import type { Plan } from './plan';
import { listenToEverything } from './probe';
import { ofNextRelease } from './releases';

/** What a process of the product is made of. */
export type ServiceName = 'authorization' | 'cashdesk' | 'remittance' | 'onboarding';

const MODULES: Readonly<Record<ServiceName, object>> = {
  authorization: AuthorizationModule,
  cashdesk: CashdeskModule,
  remittance: RemittanceModule,
  onboarding: MerchantOnboardingModule,
};

const MASTER_KEY = '5e'.repeat(32);

/** The settings the simulated contexts read. */
export const SETTINGS = {
  acquirerTimeoutMillis: 15_000,
  cashOperationWindowDays: 75,
  authorizationValidityDays: 7,
  telecollectionTime: '23:00',
  supportFile: null,
  fileDropDir: '',
};

export type World = StoreParts & {
  readonly acquirer: SimulatedAcquirer;
  readonly folders: SimulatedFolders;
  readonly broker: SimulatedBroker;
  readonly plan: Pick<Plan, 'poolSize' | 'bus' | 'partitions'>;
  readonly log: (process: string, details: object, message: string) => void;
};

/** Business time as a process sees it: true time and its own skew. */
class SkewedClock extends Clock {
  constructor(
    private readonly process: SimulatedProcess,
    private readonly world: World,
  ) {
    super();
  }

  override now(): Instant {
    return instantOfEpochMillis(this.world.machine.wall + Math.floor(this.process.skewMillis));
  }
}

/** Keeps the read models that contexts register, so that they can be rebuilt and compared. */
class KnownProjections extends Projections {
  readonly known: Projection[] = [];

  constructor(
    private readonly isNewer: boolean,
    ...parts: ConstructorParameters<typeof Projections>
  ) {
    super(...parts);
  }

  override register(registered: Projection): void {
    const projection = this.isNewer ? ofNextRelease(registered) : registered;
    this.known.push(projection);
    super.register(projection);
  }
}

/** One running copy of some services of the product, wired by their own modules. */
export class Product {
  readonly container: Container;
  private readonly projections: KnownProjections;
  private readonly bus: LogMessageBus | KafkaMessageBus;
  private readonly jobs: TimedJobs;
  private readonly workers: Workers;

  private constructor(
    readonly process: SimulatedProcess,
    readonly services: readonly ServiceName[],
    world: World,
    keyring: Keyring,
    database: Database,
    isNewer: boolean,
  ) {
    const store = new LeasedEventStore(new SimulatedEventStore(process, world));
    const clock = new SkewedClock(process, world);
    const logger = loggerOf(process, world);
    const leases = new Leases({ database, logger });
    this.projections = new KnownProjections(isNewer, store, database, logger);
    const parts = { database, store, logger };
    this.bus =
      world.plan.bus === 'log'
        ? new LogMessageBus(parts)
        : new KafkaMessageBus({
            ...parts,
            leases,
            clientId: process.name,
            kafka: kafkaSettings(process, world),
          });
    if (services.includes('cashdesk')) listenToEverything(this.bus, world.conditions, isNewer);
    this.jobs = new TimedJobs(database, clock, logger as never, leases);
    this.workers = new Workers(logger as never, leases);
    const values = new Map<never, unknown>([
      [SETTINGS_TOKEN as never, SETTINGS],
      [LOGGER_TOKEN as never, logger],
      [Database as never, database],
      [EventStore as never, store],
      [Streams as never, new Streams(store)],
      [Clock as never, clock],
      [Timers as never, new SystemTimers()],
      [Projections as never, this.projections],
      [MessageBus as never, this.bus],
      [Leases as never, leases],
      [TimedJobs as never, this.jobs],
      [Workers as never, this.workers],
      [TransactionNumbers as never, new TransactionNumbers(database)],
      [CardVault as never, new PostgresCardVault(database, keyring)],
      [PersonVault as never, new PostgresPersonVault(database, keyring)],
      [MessageKeyVault as never, new PostgresMessageKeyVault(database, keyring)],
      [ActionLog as never, { record: () => Promise.resolve() }],
      [Mailer as never, { send: unread, enqueue: unread }],
      [Keyring as never, keyring],
      [Readiness as never, { register: () => undefined }],
      [Metrics as never, { counter: () => ({ inc: () => undefined }) }],
    ]);
    this.container = new Container(values, {
      AcquirerGateway: new SimulatedAcquirerGateway(process, world.machine, world.acquirer),
      FileDrop: new SimulatedFileDrop(process, world.folders, world.wire),
    });
  }

  /**
   * Starts as `startService` does: views and read models, then jobs, the bus and workers. The newer of two
   * releases publishes and consumes a type more and has its read models in another version.
   */
  static async start(
    process: SimulatedProcess,
    services: readonly ServiceName[],
    world: World,
    isNewer: boolean,
  ): Promise<Product> {
    const database = simulatedDatabase(process, world.server, world.wire, world.plan.poolSize);
    const keyring = await Keyring.open(database, MASTER_KEY);
    const product = new Product(process, services, world, keyring, database, isNewer);
    await product.container.open(services.map((service) => MODULES[service]));
    await product.projections.start();
    await product.bus.start();
    await product.jobs.start();
    await product.workers.start();
    return product;
  }

  get readModels(): readonly Projection[] {
    return this.projections.known;
  }

  /** Holds a request back until this copy has seen a position, as the HTTP layer does for a caller. */
  async hasSeen(position: number): Promise<void> {
    if (await this.projections.settle(position, 5000)) return;
    throw Object.assign(new Error('position not reached'), {
      code: 'position-not-reached',
      kind: {},
    });
  }

  /**
   * What an operator does once the cause is mended: parked messages are taken again, those of the
   * consumers of this copy. Returns how many stay parked, whoever consumes them.
   */
  async replayParked(): Promise<number> {
    return (await this.bus.replayParked()).stillParked.length;
  }

  /** How far read models and consumers of this copy have come. */
  async lags(): Promise<readonly { readonly name: string; readonly lag: number }[]> {
    const consumers = await this.bus.status();
    return [
      ...(await this.projections.status()),
      ...consumers.map(({ group, lag }) => ({ name: group, lag })),
    ];
  }
}

/** Mails leave the simulated world: nobody there reads them. */
const unread = () => Promise.resolve({ isNew: true });

/** The place and rights of whoever asks. */
export function callerAt(nodeId: string, environment: Environment, login: string) {
  return {
    actor: { kind: 'person' as const, login },
    nodeId,
    environment,
    actions: new Set<Action>(ACTIONS),
    person: null,
  };
}

function kafkaSettings(process: SimulatedProcess, world: World): KafkaSettings {
  return {
    brokers: [giveAddress({ ...world, process })],
    sasl: null,
    tls: null,
    prefix: 'simulation',
    partitions: world.plan.partitions,
    replicationFactor: 1,
  };
}

function loggerOf(process: SimulatedProcess, world: World) {
  const tell = (details: object, message: string) => world.log(process.name, details, message);
  return { debug: () => undefined, info: () => undefined, warn: tell, error: tell };
}
