import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@encaisse/platform/postgres';
import { Client } from 'pg';
import { freePort } from '@encaisse/testing';
import { signalTree } from './process-tree';
import type { Victim } from './victim';

export type PostgresVictimOptions = {
  readonly dataDir: string;
  readonly settings?: Readonly<Record<string, string>>;
};

type Launching = PostgresVictimOptions & { readonly onLog: (line: string) => void };

const REMEMBERED_LINES = 40;

const ANSWER_DEADLINE_MS = 60_000;

/** A PostgreSQL of the laboratory's own, always on the same port, with the durability of the default. */
export class PostgresVictim implements Victim {
  readonly name = 'postgres';
  private isDown = false;

  private constructor(
    private readonly options: Launching,
    private readonly port: number,
    private readonly said: readonly string[],
    private server: EmbeddedPostgres,
    private pid: number,
  ) {}

  static async start(options: PostgresVictimOptions): Promise<PostgresVictim> {
    const said: string[] = [];
    const launching = {
      ...options,
      onLog: (line: string) => {
        said.push(line);
        said.splice(0, said.length - REMEMBERED_LINES);
      },
    };
    const port = await freePort();
    const server = await launch(launching, port);
    return new PostgresVictim(launching, port, said, server, postmasterOf(options.dataDir));
  }

  /** What it said last, for the report of a failure. */
  get lastLines(): string {
    return this.said.join('\n');
  }

  /** Connection string of a database of this server. */
  url(database = 'postgres'): string {
    const url = new URL(this.server.url);
    url.port = String(this.port);
    url.pathname = `/${database}`;
    return url.toString();
  }

  /** The folder of the cluster itself. */
  get cluster(): string {
    return join(this.options.dataDir, 'postgresql');
  }

  async createDatabase(name: string): Promise<string> {
    await this.run(`create database ${name}`);
    return this.url(name);
  }

  async run(statement: string, database?: string): Promise<void> {
    const client = new Client({ connectionString: this.url(database) });
    // The server may be killed while this connection is open; the statement then fails.
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  kill(): void {
    this.isDown = true;
    signalTree(this.pid, 'SIGKILL');
  }

  pause(): void {
    signalTree(this.pid, 'SIGSTOP');
  }

  resume(): void {
    signalTree(this.pid, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.server.stop();
    this.server = await launch(this.options, this.port);
    this.pid = postmasterOf(this.options.dataDir);
    this.isDown = false;
    await this.untilItAnswers();
  }

  async stop(): Promise<void> {
    if (!this.isDown) this.resume();
    await this.server.stop();
  }

  private async untilItAnswers(): Promise<void> {
    const deadline = performance.now() + ANSWER_DEADLINE_MS;
    for (;;) {
      try {
        await this.run('select 1');
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await wait(10);
      }
    }
  }
}

function launch({ dataDir, settings, onLog }: Launching, port: number) {
  return startEmbeddedPostgres({ dataDir, onLog, settings: { ...settings, port: String(port) } });
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgresql', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** A folder for one run on the disk that the product would use, and its removal. */
export function laboratoryFolder(name: string): { path: string; remove(): void } {
  const root = resolve(process.env['DATA_DIR'] ?? '.data');
  mkdirSync(root, { recursive: true });
  const path = mkdtempSync(join(root, `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
