import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresEventStore } from '@encaisse/platform/event-store';
import { Tokens } from '@encaisse/platform/http';
import { Database } from '@encaisse/platform/postgres';
import { freePort, freePortsInARow } from './free-port';
import { isKafkaThere, kafkaBrokers, kafkaPrefix } from './kafka-for-tests';
import { createTestDatabase } from './postgres-for-tests';
import { REPOSITORY } from './repository';
import type { ConsumersUnderTest, RunningForm } from './running-form';
import { until } from './waiting';

const START_DEADLINE_MILLIS = 120_000;
const PORTS_IN_A_ROW = 16;

/** What `npm run services` runs: every service in its own process, over Kafka, on one database. */
export async function startServicesApart(
  environment: Readonly<Record<string, string>>,
  copies: Readonly<Record<string, number>> = {},
): Promise<RunningForm> {
  const testDatabase = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-services-'));
  const { url } = testDatabase;
  const services = await LaunchedServices.start(
    {
      NODE_ENV: 'test',
      LOG_LEVEL: 'error',
      DATABASE_URL: url,
      DATABASE_POOL_SIZE: '5',
      DATA_DIR: dataDir,
      PORT: String(await freePortsInARow(PORTS_IN_A_ROW)),
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
      ACQUIRER_TIMEOUT_MS: '2000',
      ...(isKafkaThere
        ? { KAFKA_BROKERS: (await kafkaBrokers()).join(','), KAFKA_PREFIX: kafkaPrefix() }
        : {}),
      ...environment,
    },
    copies,
  );
  const store = await PostgresEventStore.open({ url });
  const database = await Database.connect({ url, applicationName: 'test', poolSize: 4 }, []);
  const key = readFileSync(join(dataDir, 'keys', 'token.key'), 'utf8').trim();
  return {
    url: services.url,
    store,
    database,
    tokens: new Tokens(Buffer.from(key, 'hex')),
    consumers: consumersOf(services, database),
    service: null,
    processes: () => services.services.map((one) => one.url),
    kill: (name) => services.kill(name),
    settled: async () => services.settled(await store.lastPosition()),
    stop: async () => {
      await store.close();
      await database.close();
      await services.stop();
      await testDatabase.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

type Service = { readonly name: string; readonly url: string; readonly pid: number };

/** The launcher as an operator starts it, and what it told about its services. */
class LaunchedServices {
  private output = '';
  /** One that stands still answers nothing, and is not waited for. */
  stopped: string | null = null;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    const take = (chunk: Buffer) => (this.output += chunk.toString());
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
  }

  static async start(
    environment: Readonly<Record<string, string>>,
    copies: Readonly<Record<string, number>>,
  ): Promise<LaunchedServices> {
    const { TEST_DATABASE_URL: _unused, ...inherited } = process.env;
    const options = Object.entries(copies).flatMap(([name, count]) => [
      '--copies',
      `${name}=${count}`,
    ]);
    if (!isKafkaThere) options.push('--no-kafka');
    const child = spawn(
      process.execPath,
      [join(REPOSITORY, 'tools', 'bin', 'run.js'), 'tools/services/main', ...options],
      { cwd: REPOSITORY, env: { ...inherited, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const url = `http://127.0.0.1:${environment['PORT'] ?? ''}`;
    const services = new LaunchedServices(child, url);
    const deadline = Date.now() + START_DEADLINE_MILLIS;
    while (!services.output.includes('TOKEN=')) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the services did not start:\n${services.output}`);
      await wait(50);
    }
    return services;
  }

  /** As last told: a service that was started again has another process. */
  get services(): readonly Service[] {
    const lines = this.output.matchAll(/^(?:services +)?([\w#-]+) +(http:\S+) pid=(\d+)/gm);
    const byName = new Map<string, Service>();
    for (const [, name = '', url = '', pid] of lines)
      byName.set(name, { name, url, pid: Number(pid) });
    return [...byName.values()];
  }

  service(name: string): Service {
    const found = this.services.find((one) => one.name === name);
    if (!found) throw new Error(`no service is named ${name}`);
    return found;
  }

  /** Every service holds a request that gives a position until its read models are there. */
  async settled(position: number): Promise<void> {
    const headers = { 'ledger-position': String(position) };
    const running = this.services.filter(({ name }) => name !== this.stopped);
    await Promise.all(
      running.map(async ({ name, url }) => {
        for (let attempt = 0; attempt < 4; attempt += 1)
          if ((await fetch(`${url}/health/live`, { headers })).ok) return;
        throw new Error(`${name} did not reach position ${position}`);
      }),
    );
  }

  async kill(name: string): Promise<number> {
    const { pid, url } = this.service(name);
    process.kill(pid, 'SIGKILL');
    while ((await fetch(`${url}/health/live`).catch(() => null)) !== null) await wait(10);
    return pid;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** The process that captures by the hundred stands still as a stopped machine would. */
function consumersOf(services: LaunchedServices, database: Database): ConsumersUnderTest {
  const cashdesk = () => services.service('cashdesk');
  let isRedelivered = false;
  const lag = async (group: string) => {
    const text = await (await fetch(`${cashdesk().url}/metrics`)).text();
    const line = text
      .split('\n')
      .find((one) => one.startsWith('encaisse_consumer_lag_events{') && one.includes(group));
    return line === undefined ? Number.POSITIVE_INFINITY : Number(line.split(' ').at(-1));
  };
  return {
    stop: () => {
      services.stopped = 'cashdesk';
      process.kill(cashdesk().pid, 'SIGSTOP');
      return Promise.resolve();
    },
    start: async () => {
      // What was changed behind its back is only read by a process that starts: the launcher starts it.
      if (isRedelivered) process.kill(cashdesk().pid, 'SIGKILL');
      else process.kill(cashdesk().pid, 'SIGCONT');
      isRedelivered = false;
      services.stopped = null;
      await wait(200);
    },
    redeliver: async (group) => {
      const tables = ['bus.consumer_groups set position = 0'];
      if (isKafkaThere) tables.push('bus.partitions set next_offset = 0, position = 0');
      for (const table of tables)
        await database.query(`update ${table} where group_name = $1`, [group]);
      isRedelivered = true;
    },
    caughtUp: (group) => until(async () => (await lag(group).catch(() => 1)) === 0),
  };
}
