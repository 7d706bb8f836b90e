import { readFileSync } from 'node:fs';
import type { MigrationInterface } from 'typeorm';
import { AccessTables, ActionLog, Machines, Sessions } from '@encaisse/platform/access';
import { type Clock, ControllableClock, SystemClock, SystemTimers } from '@encaisse/platform/clock';
import { type EventStore, Streams } from '@encaisse/platform/event-store';
import { Authentication, Tokens } from '@encaisse/platform/http';
import {
  BusTables,
  KAFKA_BUS_MIGRATIONS,
  KafkaMessageBus,
  LogMessageBus,
  type MessageBus,
} from '@encaisse/platform/message-bus';
import { LeasedEventStore, Leases, LeaseTables } from '@encaisse/platform/leases';
import { MailTables, MessageService } from '@encaisse/platform/mail';
import { Database, startEmbeddedPostgres } from '@encaisse/platform/postgres';
import { PlatformTables1763769600000, Projections } from '@encaisse/platform/projections';
import {
  CardVault,
  Keyring,
  MessageKeyTables,
  MessageKeyVault,
  PersonVault,
  PostgresCardVault,
  PostgresMessageKeyVault,
  PostgresPersonVault,
  SecurityTables,
} from '@encaisse/platform/security';
import { keptKey, openDataDirectory, StartRefused } from './data-directory';
import { restoreClock } from './dev-clock';
import { openEventLog } from './event-log';
import { kafkaOf } from './kafka-settings';
import { createLogger, type Logger } from './logger';
import { LongJobTables } from './long-job-tables';
import { messageTransports } from './message-settings';
import { Metrics } from './metrics';
import { Readiness } from './readiness';
import type { Settings } from './settings';
import { TimedJobs } from './timed-jobs';
import { TransactionNumbers } from './transaction-numbers';
import { Tracing } from './tracing';
import { Workers } from './workers';

/** Everything below the contexts: the database, the log, read models, the bus, clocks and keys. */
export type Platform = {
  readonly service: string;
  readonly settings: Settings;
  readonly logger: Logger;
  readonly database: Database;
  readonly store: EventStore;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly projections: Projections;
  readonly bus: MessageBus;
  readonly leases: Leases;
  readonly timedJobs: TimedJobs;
  readonly workers: Workers;
  readonly numbers: TransactionNumbers;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly machines: Machines;
  readonly actionLog: ActionLog;
  readonly authentication: Authentication;
  readonly cardVault: CardVault;
  readonly personVault: PersonVault;
  readonly messageKeyVault: MessageKeyVault;
  readonly keyring: Keyring;
  /** Mails and short messages: what queues them, and the worker that delivers them. */
  readonly messages: MessageService;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** Null when no endpoint for traces is set. */
  readonly tracing: Tracing | null;
  /** Releases everything; the embedded database last. */
  close(): Promise<void>;
};

/** Every technical table, in the order in which they are made. */
export const PLATFORM_MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  PlatformTables1763769600000,
  SecurityTables,
  BusTables,
  LeaseTables,
  ...KAFKA_BUS_MIGRATIONS,
  AccessTables,
  MailTables,
  LongJobTables,
  MessageKeyTables,
];

/** Opens the platform of one process. Throws StartRefused with one line when it cannot. */
export async function openPlatform(service: string, settings: Settings): Promise<Platform> {
  const logger = createLogger(service, settings.logLevel);
  const dataDir = openDataDirectory(settings.dataDir);
  const server =
    settings.databaseUrl === null
      ? await startEmbeddedPostgres({
          dataDir,
          onLog: (line) => logger.debug({ line }, 'postgresql'),
        }).catch((error: unknown) => {
          throw new StartRefused((error as Error).message);
        })
      : null;
  const url = server?.url ?? settings.databaseUrl ?? '';
  try {
    const platform = await assemble(service, settings, logger, url, dataDir);
    return {
      ...platform,
      close: async () => {
        await platform.close();
        await server?.stop();
      },
    };
  } catch (error) {
    await server?.stop();
    throw asStartRefusal(error);
  }
}

async function assemble(
  service: string,
  settings: Settings,
  logger: Logger,
  url: string,
  dataDir: string,
): Promise<Platform> {
  const store = new LeasedEventStore(
    await openEventLog(settings, { service, databaseUrl: url, logger }),
  );
  const database = await Database.connect(
    { url, applicationName: service, poolSize: settings.databasePoolSize },
    PLATFORM_MIGRATIONS,
  );
  const leases = new Leases({ database, logger });
  const clock = await openClock(settings, database);
  const projections = new Projections(store, database, logger);
  const keyring = await Keyring.open(database, masterKey(settings, dataDir));
  const bus = openBus(service, settings, { database, store, logger, leases });
  const tracing = Tracing.open(service, process.env);
  tracing?.follow(bus);
  const metrics = new Metrics(service);
  metrics.watchProjections(projections);
  const readiness = new Readiness();
  watchBus(bus, metrics, readiness);
  const workers = new Workers(logger, leases);
  const messages = openMessages({ settings, database, keyring, clock, logger, workers, readiness });
  const streams = new Streams(store);
  const persons = new PostgresPersonVault(database, keyring);
  return {
    service,
    settings,
    logger,
    database,
    store,
    streams,
    clock,
    projections,
    bus,
    leases,
    timedJobs: new TimedJobs(database, clock, logger, leases),
    workers,
    numbers: new TransactionNumbers(database),
    ...openAccess(settings, dataDir, { database, streams, persons, clock }),
    cardVault: new PostgresCardVault(database, keyring),
    personVault: persons,
    messageKeyVault: new PostgresMessageKeyVault(database, keyring),
    keyring,
    messages,
    readiness,
    metrics,
    tracing,
    close: async () => {
      await tracing?.close();
      await messages.close();
      await store.close();
      await database.close();
    },
  };
}

/** What finds out who calls, and records what they did. */
function openAccess(
  settings: Settings,
  dataDir: string,
  { database, streams, persons, clock }: AccessParts,
): Pick<Platform, 'tokens' | 'sessions' | 'machines' | 'actionLog' | 'authentication'> {
  const key = Buffer.from(settings.tokenKey ?? keptKey(dataDir, 'token.key'), 'hex');
  const tokens = new Tokens(key, settings.nodeEnvironment !== 'production');
  const sessions = new Sessions(database);
  const machines = new Machines(database);
  const actionLog = new ActionLog(streams, persons, clock);
  const parts = { tokens, sessions, machines, clock };
  return { tokens, sessions, machines, actionLog, authentication: new Authentication(parts) };
}

type AccessParts = {
  readonly database: Database;
  readonly streams: Streams;
  readonly persons: PersonVault;
  readonly clock: Clock;
};
function watchBus(
  bus: LogMessageBus | KafkaMessageBus,
  metrics: Metrics,
  readiness: Readiness,
): void {
  metrics.watchConsumers(bus);
  if (!(bus instanceof KafkaMessageBus)) return;
  metrics.watchRelay(bus);
  readiness.register('message bus', () => bus.condition());
}

function openMessages({
  settings,
  workers,
  readiness,
  ...parts
}: Pick<
  Platform,
  'settings' | 'database' | 'keyring' | 'clock' | 'logger' | 'workers' | 'readiness'
>): MessageService {
  const transports = messageTransports(settings);
  const messages = new MessageService({ ...parts, ...transports, timers: new SystemTimers() });
  workers.register(messages);
  readiness.register('mails', () => messages.condition('MAIL'));
  readiness.register('short messages', () => messages.condition('SMS'));
  return messages;
}

/** Over Kafka when brokers are set, else from the log itself. */
function openBus(
  service: string,
  settings: Settings,
  parts: Pick<Platform, 'database' | 'store' | 'logger' | 'leases'>,
): LogMessageBus | KafkaMessageBus {
  const kafka = kafkaOf(settings);
  return kafka === null
    ? new LogMessageBus(parts)
    : new KafkaMessageBus({ ...parts, kafka, clientId: service });
}

async function openClock(settings: Settings, database: Database): Promise<Clock> {
  if (settings.nodeEnvironment === 'production') return new SystemClock();
  const clock = new ControllableClock();
  await restoreClock(clock, database);
  return clock;
}

function masterKey(settings: Settings, dataDir: string): string {
  if (settings.vaultKeyFile === null) return keptKey(dataDir, 'vault.key');
  try {
    return readFileSync(settings.vaultKeyFile, 'utf8').trim();
  } catch (error) {
    throw new StartRefused(`VAULT_KEY_FILE cannot be read: ${(error as Error).message}`);
  }
}

/** Outages an operator can mend are told in one line; bugs keep their stack for the log. */
function asStartRefusal(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '28P01' || code === '3D000')
    return new StartRefused(`the database cannot be reached: ${message}`);
  return error;
}
