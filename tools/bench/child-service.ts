import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Views of a big log are folded from its first event at the first start. */
const START_DEADLINE_MS = 600_000;

export type ChildService = {
  readonly pid: number;
  readonly output: () => string;
  stop(): Promise<void>;
};

/** Runs a compiled entry in a process of its own, so that each side of a comparison has its own loop. */
export async function startChild(
  entry: string,
  environment: Readonly<Record<string, string>>,
  isReady: () => Promise<boolean>,
): Promise<ChildService> {
  const dist = join(process.cwd(), 'dist', `${entry}.js`);
  const child = spawn(
    process.execPath,
    [...(process.env['CHILD_NODE_OPTIONS']?.split(' ') ?? []), dist],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const end = Date.now() + START_DEADLINE_MS;
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop(child);
      throw new Error(`${entry} did not start: ${output}`);
    }
    await wait(100);
  }
  return { pid: child.pid ?? 0, output: () => output, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
