import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FoldOrder } from './fold';

/** Hash of every read model by its name. */
export type Hashes = Readonly<Record<string, string>>;

/** Where a fold runs: the time zone, the language and the Node version of its process. */
export type Surroundings = {
  readonly node: string;
  readonly timeZone: string;
  readonly locale: string;
};

/**
 * Folds in a process of its own and gives its hashes. With `killAfterMillis` the process is killed
 * then, and null is given unless it had ended before.
 */
export async function foldInChild(
  order: FoldOrder,
  { node, timeZone, locale }: Surroundings,
  killAfterMillis: number | null = null,
): Promise<Hashes | null> {
  const entry = join(__dirname, 'fold.js');
  const child = spawn(node, [entry], {
    env: {
      ...process.env,
      TZ: timeZone,
      LC_ALL: locale,
      LANG: locale,
      FOLD_ORDER: JSON.stringify(order),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, signal) => resolve(signal)),
  );
  if (killAfterMillis !== null) {
    await Promise.race([ended, wait(killAfterMillis)]);
    child.kill('SIGKILL');
  }
  const signal = await ended;
  const last = output.trim().split('\n').at(-1) ?? '';
  if (last.startsWith('{')) return JSON.parse(last) as Hashes;
  if (signal === 'SIGKILL' && killAfterMillis !== null) return null;
  throw new Error(`a fold failed: ${complaint}`);
}
