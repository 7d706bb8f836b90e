import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { REPOSITORY } from './repository';

const START_DEADLINE_MILLIS = 100_000;

/** The product as an operator runs it: a process of its own, started by the README's command. */
export class ChildProduct {
  private output = '';
  private exit: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    const take = (chunk: Buffer) => (this.output += chunk.toString());
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    this.exit = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  static spawn(environment: Readonly<Record<string, string>>): ChildProduct {
    const { TEST_DATABASE_URL: _unused, ...inherited } = process.env;
    const child = spawn(process.execPath, [join(REPOSITORY, 'tools', 'bin', 'start.js')], {
      cwd: REPOSITORY,
      env: { ...inherited, NODE_ENV: 'development', LOG_LEVEL: 'info', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ChildProduct(child, `http://127.0.0.1:${environment['PORT'] ?? '3000'}`);
  }

  /** Starts and waits until it says it is ready. */
  static async start(environment: Readonly<Record<string, string>>): Promise<ChildProduct> {
    const product = ChildProduct.spawn(environment);
    const end = Date.now() + START_DEADLINE_MILLIS;
    while (!product.output.includes('is ready at')) {
      if (product.child.exitCode !== null || Date.now() > end)
        throw new Error(`the product did not start:\n${product.output}`);
      await wait(50);
    }
    return product;
  }

  /** Everything it wrote so far. */
  get text(): string {
    return this.output;
  }

  get token(): string {
    return /TOKEN=(\S+)/.exec(this.output)?.[1] ?? '';
  }

  async call(method: string, path: string, body?: object) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as any };
  }

  /** Exit code, once it has ended by itself. */
  ended(): Promise<number | null> {
    return this.exit;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exit;
  }
}
