import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type OnModuleInit } from '@nestjs/common';
import type { RecordedEvent } from '@encaisse/platform/event-store';
import { actionsOfScopes, Tokens } from '@encaisse/platform/http';
import { MessageBus } from '@encaisse/platform/message-bus';
import { type Projection, Projections } from '@encaisse/platform/projections';
import {
  keptKey,
  readSettings,
  type RunningService,
  startService,
} from '@encaisse/platform/runtime';
import {
  createTestDatabase,
  freePort,
  newEvent,
  type TestDatabase,
  until,
} from '@encaisse/testing';
import { Client } from 'pg';
import { runCommandLine } from './program';

const ROOT = join(__dirname, '..', '..', '..');
const STREAM = 'testing.thing-1';
const folders: string[] = [];
const databases: TestDatabase[] = [];
let isMended = false;
/** What the consumer was handed; with `isLeaking`, what the read model did that only it may do. */
const effects: string[] = [];
let isLeaking = false;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'encaisse-command-'));
  folders.push(path);
  return path;
}

async function emptyDatabase(): Promise<TestDatabase> {
  const test = await createTestDatabase();
  databases.push(test);
  return test;
}

const things: Projection = {
  name: 'testing.things',
  version: 1,
  schema: 'testing_things',
  tables: 'create table things (position bigint primary key, index integer not null)',
  categories: ['testing.thing'],
  apply: async (events: readonly RecordedEvent[], session) => {
    for (const { position, data } of events)
      await session.query('insert into things values ($1, $2)', [
        position,
        (data as { index: number }).index,
      ]);
    if (isLeaking) effects.push('a mail');
  },
};

/** A context with one read model and one consumer that fails until it is mended. */
@Module({})
class ThingsModule implements OnModuleInit {
  constructor(
    private readonly projections: Projections,
    private readonly bus: MessageBus,
  ) {}

  onModuleInit(): void {
    this.projections.register(things);
    this.bus.publish({
      name: 'testing.things',
      categories: ['testing.thing'],
      schemas: { 'testing.thing.v1': {} },
      map: ({ data }) => [{ type: 'testing.thing.v1', data }],
    });
    this.bus.subscribe({
      group: 'testing.effects',
      types: ['testing.thing.v1'],
      handle: ({ data }) => {
        const { index } = data as { index: number };
        effects.push(`effect ${index}`);
        return index === 1 && !isMended
          ? Promise.reject(new Error('not ready for this'))
          : Promise.resolve();
      },
    });
  }
}

type Ran = { readonly exitCode: number; readonly result: string; readonly said: string };

async function run(environment: Record<string, string>, ...words: string[]): Promise<Ran> {
  let result = '';
  const said: string[] = [];
  const output = {
    result: (text: string) => (result += text),
    say: (line: string) => said.push(line),
    isTerminal: false,
  };
  const exitCode = await runCommandLine(words, environment, output, [ThingsModule]);
  return { exitCode, result, said: said.join('\n') };
}

async function record(service: RunningService, ...indexes: readonly number[]): Promise<void> {
  const events = indexes.map((index) => newEvent({ index }));
  await service.platform.store.append([{ streamId: STREAM, expected: 'any', events }]);
}

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

describe('Operating a running installation', () => {
  let service: RunningService;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const { url } = await emptyDatabase();
    environment = {
      DATABASE_URL: url,
      DATA_DIR: folder(),
      PORT: String(await freePort()),
      LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
    };
    service = await startService('testing', [ThingsModule], readSettings(environment));
    await record(service, ...Array.from({ length: 20 }, (_, index) => index));
    await until(async () => (await service.platform.bus.parked()).length === 19);
    await until(async () => (await service.platform.projections.status())[0]?.lag === 0);
  });

  afterAll(() => service.stop());

  it('tells where the log, the read models and the consumers stand', async () => {
    const { exitCode, result } = await run(environment, 'status', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(result)).toMatchObject({
      position: 20,
      projections: [{ name: 'testing.things', version: 1, position: 20, lag: 0 }],
      groups: [{ group: 'testing.effects', position: 20, lag: 0, parked: 19 }],
    });
    expect((await run(environment, 'status')).result).toMatch(/^log: position 20, last recorded 2/);
  });

  it('GEN-10 makes a read model again while the product runs, in any batch size', async () => {
    const one = await run(environment, 'rebuild', 'testing.things', '--batch-size', '7', '--json');
    expect(JSON.parse(one.result)).toEqual({
      rebuilt: [
        {
          name: 'testing.things',
          events: 20,
          position: 20,
          comparison: 'equal',
          differences: [],
          isSwitched: true,
        },
      ],
    });
    await service.platform.database.query(
      'update testing_things.things set index = 9 where index = 8',
    );
    const refused = await run(environment, 'rebuild', '--all');
    expect(refused.exitCode).toBe(1);
    expect(refused.result).toBe(
      'testing.things: rebuilt up to position 20, it differs from what was served:\n' +
        '  things {"position": 9} index: 9 became 8\n' +
        '  nothing was switched; if the rebuilt values are the right ones, run it again with --accept-differences',
    );
    const accepted = await run(environment, 'rebuild', '--all', '--accept-differences');
    expect(accepted.exitCode).toBe(0);
    expect(accepted.result).toContain('things {"position": 9} index: 9 became 8');
    await record(service, 20);
    await until(async () => {
      const rows = await service.platform.database.query<{ index: number }>(
        'select index from testing_things.things order by position',
      );
      return rows.length === 21 && rows.every(({ index }, at) => index === at);
    });
  });

  it('D9 sends, writes and orders nothing when a read model is made again', async () => {
    const before = await footprint();
    expect((await run(environment, 'rebuild', '--all')).exitCode).toBe(0);
    expect(await footprint()).toEqual(before);
    isLeaking = true;
    expect((await run(environment, 'rebuild', '--all')).exitCode).toBe(0);
    isLeaking = false;
    expect(await footprint()).not.toEqual(before);
  });

  /** Everything an effect leaves behind: what consumers did, what the log holds, files, other tables. */
  async function footprint(): Promise<unknown> {
    const tables = await service.platform.database.query<{ name: string }>(
      `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
       where schemaname not like 'testing_things%' and relname not in ('projections', 'leases')
       order by 1`,
    );
    const counts: Record<string, unknown> = {};
    for (const { name } of tables)
      counts[name] = await service.platform.database.query(`select count(*) from ${name}`);
    const files = readdirSync(environment['DATA_DIR'] ?? '', { recursive: true });
    return { counts, files: files.length, effects: effects.filter((one) => one !== 'effect 1') };
  }

  it('refuses an unknown read model, and a rebuild of nothing, in one line', async () => {
    expect(await run(environment, 'rebuild', 'no.such')).toEqual({
      exitCode: 1,
      result: '',
      said: 'encaisse: no read model is named no.such; there are: testing.things',
    });
    expect((await run(environment, 'rebuild')).said).toBe(
      'encaisse: give the name of a read model, or --all',
    );
    expect((await run(environment, 'rebuild', '--all', '--batch-size', 'x')).said).toBe(
      'encaisse: --batch-size takes a whole number from 1, got « x »',
    );
  });

  it('lists the months of tables, and has none to detach where none is cut by month', async () => {
    expect((await run(environment, 'partitions', 'list')).result).toBe(
      'no table is cut by month yet',
    );
    expect(JSON.parse((await run(environment, 'partitions', 'detach', '--json')).result)).toEqual({
      kept: [],
    });
    expect((await run(environment, 'partitions', 'detach', '--before', 'May')).said).toBe(
      'encaisse: --before takes a month such as 2025-08, got « May »',
    );
  });

  it('shows parked messages and replays them once they can be taken', async () => {
    const group = ['--group', 'testing.effects'];
    const listed = await run(environment, 'parked', 'list', ...group);
    expect(listed.result.split('\n')[0]).toMatch(
      /^testing.effects {2}2 {2}testing.thing.v1 {2}testing.thing-1 .*5 tries {2}Error: not ready for this$/,
    );
    expect((await run(environment, 'parked', 'list', '--group', 'other')).result).toBe(
      'nothing is parked',
    );
    const early = await run(environment, 'parked', 'replay');
    expect(early.exitCode).toBe(1);
    expect(early.result).toMatch(/^0 replayed, 20 still parked\n/);
    isMended = true;
    const replayed = await run(
      environment,
      'parked',
      'replay',
      ...group,
      '--key',
      STREAM,
      '--json',
    );
    expect(replayed.exitCode).toBe(0);
    expect(JSON.parse(replayed.result)).toEqual({ replayed: 20, stillParked: [] });
    expect((await run(environment, 'parked', 'replay', '--group', 'none')).said).toBe(
      'encaisse: no consumer group is named none; there are: testing.effects',
    );
  });

  it('GEN-09 backs up, restores elsewhere and proves the copy equal', async () => {
    const file = join(folder(), 'all.backup');
    const saved = await run(environment, 'backup', file);
    expect(saved.exitCode).toBe(0);
    expect(saved.said).toContain('are NOT in the backup');
    const elsewhere = { ...environment, DATABASE_URL: (await emptyDatabase()).url };
    const restored = await run(elsewhere, 'restore', file, '--json');
    expect(restored.exitCode).toBe(0);
    const [here, there] = await Promise.all([
      run(environment, 'verify', '--json'),
      run(elsewhere, 'verify', '--json'),
    ]);
    expect(here.exitCode).toBe(0);
    expect(there.result).toBe(here.result);
    expect(JSON.parse(restored.result)).toMatchObject({
      treeHead: (JSON.parse(here.result) as { treeHead: string }).treeHead,
    });
    expect((await run(environment, 'restore', file)).said).toMatch(
      /^encaisse: a backup is restored into an empty database only/,
    );
  });

  it('GEN-10 names the first event that was changed, with exit code 1', async () => {
    const copy = await emptyDatabase();
    const file = join(folder(), 'tampered.backup');
    await run(environment, 'backup', file);
    const elsewhere = { ...environment, DATABASE_URL: copy.url };
    await run(elsewhere, 'restore', file);
    const client = new Client({ connectionString: copy.url });
    await client.connect();
    await client.query(`alter table event_store.events disable trigger all;
      update event_store.events set body = replace(body, '"index":4', '"index":5') where position = 5`);
    await client.end();
    expect(await run(elsewhere, 'verify')).toEqual({
      exitCode: 1,
      result: 'BAD at position 5: the body does not give the leaf hash',
      said: '',
    });
  });

  it('issues a token the product accepts, and none in production', async () => {
    const words = [
      'token',
      '--login',
      'camille',
      '--scopes',
      'read,operate',
      '--environment',
      'TEST',
    ];
    const { result } = await run(environment, ...words);
    const key = keptKey(environment['DATA_DIR'] ?? '', 'token.key');
    expect(await new Tokens(Buffer.from(key, 'hex')).verify(result)).toMatchObject({
      actor: { login: 'camille' },
      nodeId: 'root',
      environment: 'TEST',
      actions: actionsOfScopes(['read', 'operate']),
    });
    expect((await run(environment, ...words.slice(0, 3), '--scopes', 'all')).said).toMatch(
      /^encaisse: --scopes takes read, /,
    );
    const production = {
      ...environment,
      NODE_ENV: 'production',
      TOKEN_KEY: randomBytes(32).toString('hex'),
      VAULT_KEY_FILE: '/dev/null',
    };
    expect(await run(production, ...words)).toEqual({
      exitCode: 1,
      result: '',
      said: 'encaisse: development tokens are refused when NODE_ENV=production',
    });
  });

  it('tells a mistake of the operator in one line', async () => {
    expect((await run({ ...environment, HISTORY_MONTHS: 'x' }, 'status')).said).toBe(
      'encaisse: HISTORY_MONTHS must be a whole number from 1 to 120, got « x »',
    );
    const nowhere = { ...environment, DATABASE_URL: 'postgresql://127.0.0.1:1/none' };
    expect((await run(nowhere, 'status')).said).toMatch(
      /^encaisse: the database cannot be reached: connect ECONNREFUSED/,
    );
    expect((await run(environment, 'statu')).said).toMatch(/^encaisse: unknown command 'statu'/);
    const absent = { DATA_DIR: join(folder(), 'none') };
    expect((await run(absent, 'verify')).said).toMatch(/^encaisse: DATA_DIR .* holds no database/);
  });
});

describe('Operating the embedded installation of a DATA_DIR', () => {
  function encaisse(dataDir: string, ...words: string[]): Record<string, unknown> {
    const program = join(ROOT, 'tools', 'bin', 'encaisse.js');
    const environment = { PATH: process.env['PATH'], DATA_DIR: dataDir };
    const text = execFileSync(process.execPath, [program, ...words, '--json'], {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(text) as Record<string, unknown>;
  }

  it('works beside the running product, and by itself when it is stopped', async () => {
    const dataDir = folder();
    const settings = readSettings({
      DATA_DIR: dataDir,
      PORT: String(await freePort()),
      LOG_LEVEL: 'silent',
    });
    const service = await startService('testing', [ThingsModule], settings);
    await record(service, 7, 8, 9);
    expect(encaisse(dataDir, 'status')).toMatchObject({ position: 3 });
    const file = join(folder(), 'embedded.backup');
    expect(encaisse(dataDir, 'backup', file)).toMatchObject({ position: 3 });
    await record(service, 10);
    await service.stop();
    expect(encaisse(dataDir, 'verify')).toMatchObject({ events: 4, firstBad: null });

    const restoredDir = join(folder(), 'restored');
    expect(encaisse(restoredDir, 'restore', file)).toMatchObject({ position: 3 });
    expect(encaisse(restoredDir, 'verify')).toMatchObject({ events: 3, firstBad: null });
  }, 120_000);
});
