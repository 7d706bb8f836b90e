import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, startKurrentDbStandIn, type TestDatabase } from '@encaisse/testing';
import { runCommandLine } from './program';

describe('encaisse upgrade, and an event store on a server of its own', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-upgrade-'));
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const run = async (words: readonly string[], environment: Record<string, string> = {}) => {
    const lines: string[] = [];
    const said: string[] = [];
    const output = {
      result: (text: string) => void lines.push(text),
      say: (text: string) => void said.push(text),
      isTerminal: false,
    };
    const exitCode = await runCommandLine(
      words,
      { NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: dataDir, ...environment },
      output,
    );
    return { exitCode, text: lines.join('\n'), said: said.join('\n') };
  };

  it('brings an empty database up to date once, and tells what it applied', async () => {
    const first = await run(['upgrade', '--json']);
    const { applied, position } = JSON.parse(first.text) as { applied: string[]; position: number };
    expect(applied).toContain('LeaseTables1763769600300');
    expect(position).toBe(0);
    const again = await run(['upgrade']);
    expect(again).toMatchObject({ exitCode: 0, said: '' });
    expect(again.text).toBe('the database is up to date already, the log is at position 0');
  });

  it('refuses commands that work on a log in PostgreSQL, and says what to do', async () => {
    const server = await startKurrentDbStandIn();
    const environment = { EVENTSTORE_URL: server.url };
    for (const words of [['verify'], ['backup', 'never.gz'], ['restore', 'never.gz'], ['status']]) {
      const refused = await run(words, environment);
      expect(refused.exitCode).toBe(1);
      expect(refused.said).toContain(
        `encaisse ${words[0] ?? ''} works on a log in PostgreSQL, and EVENTSTORE_URL is set`,
      );
    }
    expect((await run(['parked', 'list'], environment)).text).toBe('nothing is parked');
    server.stop();
  });
});
