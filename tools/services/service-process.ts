import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceCopy } from './catalogue';

const READY_MILLIS = 120_000;
const STOP_MILLIS = 20_000;
const RESTART_PAUSE_MILLIS = 500;

export type ServiceProcessOptions = {
  readonly copy: ServiceCopy;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** A line the process wrote, or one about it. */
  readonly say: (line: string) => void;
};

/** One service in a process of its own, started again when it ends without being asked to. */
export class ServiceProcess {
  readonly url: string;
  readonly name: string;
  private child: ChildProcess | null = null;
  private isStopping = false;
  private isAnswering = false;

  constructor(private readonly options: ServiceProcessOptions) {
    const { service, index } = options.copy;
    this.url = `http://127.0.0.1:${options.port}`;
    this.name = index === 0 ? service : `${service}#${index + 1}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Whether requests may be given to it. */
  get isReady(): boolean {
    return this.isAnswering;
  }

  /** Resolves once it is ready; throws when it ends or stays silent. */
  async start(): Promise<void> {
    this.spawn();
    const deadline = Date.now() + READY_MILLIS;
    while (!(await this.answers())) {
      if (this.child === null) throw new Error(`${this.name} did not start: its lines say why`);
      if (Date.now() > deadline) throw new Error(`${this.name} is not ready after two minutes`);
      await wait(50);
    }
    this.isAnswering = true;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.isAnswering = false;
    const { child } = this;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    // A process that was stopped by SIGSTOP takes SIGTERM only once it goes on.
    child.kill('SIGCONT');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
    await ended;
    clearTimeout(late);
  }

  private spawn(): void {
    const { copy, environment, port, say } = this.options;
    const entry = join(process.cwd(), 'dist', 'apps', copy.service, 'src', 'main.js');
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: { ...process.env, ...environment, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    forEachLine(child, (line) => {
      if (this.isAnswering || !isWelcome(line)) say(line);
    });
    child.once('exit', (code, signal) => {
      this.child = null;
      const wasReady = this.isAnswering;
      this.isAnswering = false;
      if (this.isStopping || !wasReady) return;
      say(`ended by itself (${signal ?? `exit code ${code ?? 0}`}) and is started again`);
      void this.again();
    });
  }

  private async again(): Promise<void> {
    await wait(RESTART_PAUSE_MILLIS);
    if (this.isStopping) return;
    try {
      await this.start();
      this.options.say(`${this.url} pid=${this.pid ?? 0} is ready again`);
    } catch (error) {
      this.options.say((error as Error).message);
      void this.again();
    }
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** What a service alone tells whoever started it; here the installation tells it for all. */
function isWelcome(line: string): boolean {
  return !line.startsWith('{') && !line.startsWith('encaisse:');
}

/** Hands on what a process writes, line by line, whatever pieces it comes in; empty lines are left out. */
export function forEachLine(child: ChildProcess, say: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') say(line);
    });
  }
}
