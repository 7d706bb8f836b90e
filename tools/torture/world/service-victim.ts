import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { forEachLine } from '../../services/service-process';
import { signalTree } from './process-tree';
import type { Victim } from './victim';

const READY_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 30_000;
const REMEMBERED_LINES = 500;

/** The service was killed, or ended, before it was ready. */
export class EndedEarly extends Error {}

/** One service of the product in a process of its own. */
export class ServiceVictim implements Victim {
  private child: ChildProcess | null = null;
  private readonly output: string[] = [];
  private isKilled = false;
  private starting: Promise<void> | null = null;

  constructor(
    readonly name: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    process.once('exit', () => this.kill());
  }

  get url(): string {
    return `http://127.0.0.1:${this.environment['PORT'] ?? ''}`;
  }

  /** Its last lines, for the report of a failure. */
  get lastLines(): string {
    return this.output.join('\n');
  }

  get pid(): number | null {
    return this.isAlive ? (this.child?.pid ?? null) : null;
  }

  /** Two that want it started again get the same start. */
  restart(): Promise<void> {
    return (this.starting ??= this.launch().finally(() => (this.starting = null)));
  }

  private async launch(): Promise<void> {
    if (this.child !== null && this.isAlive && !this.isKilled) return this.untilReady(this.child);
    const script = join(process.cwd(), 'dist', 'apps', this.name, 'src', 'main.js');
    this.isKilled = false;
    this.child = spawn(process.execPath, ['--enable-source-maps', script], {
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    forEachLine(this.child, (line) => {
      this.output.push(line);
      if (this.output.length > REMEMBERED_LINES) this.output.shift();
    });
    await this.untilReady(this.child);
  }

  kill(): void {
    this.isKilled = true;
    if (this.child?.pid !== undefined && this.isAlive) signalTree(this.child.pid, 'SIGKILL');
  }

  pause(): void {
    if (this.child?.pid !== undefined && this.isAlive) signalTree(this.child.pid, 'SIGSTOP');
  }

  resume(): void {
    if (this.child?.pid !== undefined && this.isAlive) signalTree(this.child.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || !this.isAlive) return;
    this.resume();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const impatience = setTimeout(() => this.kill(), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(impatience);
    // Who waits for this start is told that it is over, or the next one would be taken for the same.
    await this.starting?.catch(() => undefined);
  }

  private get isAlive(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + READY_DEADLINE_MS;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) {
        const reason = this.isKilled ? 'was killed while starting' : 'ended while starting';
        throw new EndedEarly(`${this.name} ${reason}:\n${this.lastLines}`);
      }
      if (await this.isReady()) return;
      if (performance.now() > deadline)
        throw new Error(`${this.name} is not ready after two minutes:\n${this.lastLines}`);
      await wait(25);
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(2_000);
      const response = await fetch(`${this.url}/health/ready`, { signal });
      const { parts } = (await response.json()) as { parts?: { acquirer?: string } };
      return response.status === 200 && (parts?.acquirer ?? 'up') === 'up';
    } catch {
      return false;
    }
  }
}
