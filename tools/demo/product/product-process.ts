import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DemoFailure } from '../demo-failure';

const STOP_MILLIS = 30_000;
const REMEMBERED_LINES = 20;
const TOKEN = /export TOKEN=(\S+)/;

/** The product, started for the demonstration and stopped after it; its data stay. */
export class ProductProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly token: string,
  ) {}

  /**
   * Starts it and waits for the token it prints when ready. It gets a process group of its own, so
   * that Ctrl-C reaches the demonstration alone, which then stops the product in good order.
   */
  static async start(environment: Readonly<Record<string, string>>): Promise<ProductProcess> {
    const child = spawn(process.execPath, [join(rootFolder(), 'tools', 'bin', 'start.js')], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const lines: string[] = [];
    const remember = (line: string) => {
      lines.push(line);
      if (lines.length > REMEMBERED_LINES) lines.shift();
    };
    createInterface({ input: child.stderr }).on('line', remember);
    const token = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        remember(line);
        const found = TOKEN.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('error', reject);
      child.once('exit', () => {
        const said = lines.join('\n');
        reject(new DemoFailure(`le produit n’a pas démarré :\n${said}`));
      });
    });
    return new ProductProcess(child, token);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Tells it to stop, without waiting. */
  abandon(): void {
    this.child.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), STOP_MILLIS);
    await ended;
    clearTimeout(impatience);
  }
}

/** The folder of the workspace, seen from the sources and from the compiled files alike. */
function rootFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'tools', 'bin', 'start.js'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('tools/bin/start.js is not above this file');
    folder = parent;
  }
  return folder;
}
