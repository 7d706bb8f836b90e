import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type ServerAccount,
  chooseAccount,
  giveTo,
  openDataFolder,
  reachableBinaries,
  removeDraft,
} from './embedded-account';
import { findEmbeddedBinaries } from './embedded-binaries';
import {
  claimFolder,
  readServerStatus,
  releaseFolder,
  stopLeftoverServer,
  stopServer,
} from './embedded-leftover';

export type EmbeddedPostgresOptions = {
  /** The product's data folder. The server keeps its files in `postgresql/` below it. */
  readonly dataDir: string;
  /** Receives what the server writes, line by line. */
  readonly onLog?: (line: string) => void;
  /** Server settings on top of ours, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** Connection string of the database `postgres` with its superuser. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
};

const START_DEADLINE_MS = 120_000;
const PORT_TRIES = 5;

/** English messages and no host locale: sort order and logs are the same everywhere. */
const ENVIRONMENT = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // Statements may carry card or personal data; their parameters stay out of the server's log.
  log_parameter_max_length_on_error: '0',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  timezone: 'UTC',
  jit: 'off',
};

type Server = {
  readonly child: ChildProcess;
  readonly output: string[];
  /** It no longer ends with this process. */
  readonly leave: () => void;
};

type Place = {
  readonly dataDir: string;
  readonly cluster: string;
  readonly bin: string;
  readonly account: ServerAccount;
  readonly password: string;
};

/**
 * Starts a real PostgreSQL on a data folder, created the first time and kept afterwards. Throws one
 * line that says what to do when this machine or this folder cannot run it.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(options.dataDir);
  claimFolder(dataDir);
  try {
    const place = prepare(dataDir);
    await stopLeftoverServer(place.cluster);
    const { server, port } = await startOnFreePort(place, options);
    return running(place, server, port);
  } catch (error) {
    releaseFolder(dataDir);
    throw error;
  }
}

function prepare(dataDir: string): Place {
  const binaries = findEmbeddedBinaries();
  const account = chooseAccount();
  openDataFolder(dataDir, account);
  const native = reachableBinaries(binaries.native, binaries.version, account);
  const place = {
    dataDir,
    cluster: join(dataDir, 'postgresql'),
    bin: join(native, 'bin'),
    account,
    password: readOrCreatePassword(dataDir),
  };
  if (existsSync(place.cluster)) {
    checkVersion(place.cluster, binaries.version);
    giveTo(account, place.cluster);
  } else {
    initialise(place);
  }
  return place;
}

function readOrCreatePassword(dataDir: string): string {
  const path = join(dataDir, 'postgresql.password');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  return password;
}

function checkVersion(cluster: string, version: string): void {
  const path = join(cluster, 'PG_VERSION');
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'unknown';
  const major = version.split('.')[0] ?? '';
  if (kept === major) return;
  throw new Error(
    `The data in ${cluster} belongs to PostgreSQL ${kept} and this is PostgreSQL ${major}: back it ` +
      'up with the version that wrote it, restore it into a new DATA_DIR',
  );
}

function command(place: Place, program: string, args: readonly string[]): [string, string[]] {
  const [first = '', ...rest] = [...place.account.launcher, join(place.bin, program), ...args];
  return [first, rest];
}

/** Made beside its final name and renamed, so that a start cut short leaves nothing half made. */
function initialise(place: Place): void {
  const draft = `${place.cluster}.draft`;
  const passwordFile = join(place.dataDir, 'postgresql.first-password');
  removeDraft(draft);
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, place.password, { mode: 0o600 });
  giveTo(place.account, draft);
  giveTo(place.account, passwordFile);
  const [program, args] = command(place, 'initdb', [
    `--pgdata=${draft}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  const result = spawnSync(program, args, {
    env: ENVIRONMENT,
    encoding: 'utf8',
    cwd: '/',
    ...place.account.switchTo,
  });
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(-2).join(' ');
    throw new Error(`PostgreSQL could not create its files in ${place.dataDir}: ${reason}`);
  }
  renameSync(draft, place.cluster);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function startOnFreePort(
  place: Place,
  options: EmbeddedPostgresOptions,
): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = launch(place, port, options);
    if (await isReadyInTime(place, server)) return { server, port };
    server.leave();
    const said = server.output.join('\n');
    if (attempt < PORT_TRIES && said.includes('Address already in use')) continue;
    throw new Error(`PostgreSQL did not start on ${place.dataDir}: ${lastComplaint(server)}`);
  }
}

function lastComplaint(server: Server): string {
  const complaint = server.output.findLast((line) => /FATAL|ERROR|PANIC|unshare/.test(line));
  return complaint ?? server.output.at(-1) ?? 'it ended without a word';
}

function launch(place: Place, port: number, options: EmbeddedPostgresOptions): Server {
  const settings = { ...SETTINGS, port: String(port), ...options.settings };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [program, args] = command(place, 'postgres', ['-D', place.cluster, ...words]);
  // A session of its own keeps Ctrl-C in a terminal from stopping the server before the product.
  const child = spawn(program, args, {
    env: ENVIRONMENT,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...place.account.switchTo,
  });
  const output: string[] = [];
  const listen = (chunk: string): void => {
    for (const line of chunk.split('\n').filter((text) => text !== '')) {
      output.push(line);
      if (output.length > 100) output.shift();
      options.onLog?.(line);
    }
  };
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  child.on('error', (error) => output.push(`ERROR ${error.message}`));
  const endIt = (): void => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (isRunning && child.pid !== undefined) process.kill(child.pid, 'SIGINT');
  };
  process.once('exit', endIt);
  return { child, output, leave: () => void process.removeListener('exit', endIt) };
}

/** False when the server ended. The status line counts once it is this child's. */
async function isReadyInTime(place: Place, { child, output }: Server): Promise<boolean> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const status = readServerStatus(place.cluster);
    if (status?.pid === child.pid && status.isReady) return true;
    if (Date.now() > deadline) {
      output.push(`ERROR not ready after ${START_DEADLINE_MS / 1000} seconds`);
      await stopServer(child.pid);
      return false;
    }
    await wait(10);
  }
  return false;
}

function running(place: Place, { child, leave }: Server, port: number): EmbeddedPostgres {
  const stop = async (): Promise<void> => {
    leave();
    await stopServer(child.pid ?? 0);
    releaseFolder(place.dataDir);
  };
  const url = `postgresql://postgres:${place.password}@127.0.0.1:${port}/postgres`;
  let stopping: Promise<void> | null = null;
  return { url, port, stop: () => (stopping ??= stop()) };
}
