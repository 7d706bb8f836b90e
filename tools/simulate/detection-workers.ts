import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Detection } from './detection';

/** A fault to look for, from a seed on, on so many seeds at most. */
export type Search = { readonly mutant: string; readonly first: number; readonly most: number };

/** What a worker found. */
export type Found = {
  /** Where the fault was seen first, null when it was not. */
  readonly detection: Detection | null;
  /** Why the fault fits nowhere in the product of today, null when it does. */
  readonly stale: string | null;
  /** Seeds that were run without a fault, each with the invariant it breaks, or null. */
  readonly sound: readonly (readonly [seed: number, breach: string | null])[];
};

const WORKER = join(__dirname, 'mutants-worker.js');

/**
 * Runs searches in one process for each core, and tells each answer as it comes. A worker that ends
 * before it answered fails the whole.
 */
export async function searchBeside(
  searches: readonly Search[],
  tell: (search: Search, found: Found) => void,
): Promise<void> {
  const waiting = [...searches];
  const workers: ChildProcess[] = [];
  const work = async (): Promise<void> => {
    const worker = fork(WORKER, { stdio: 'inherit' });
    workers.push(worker);
    for (let search = waiting.shift(); search !== undefined; search = waiting.shift())
      tell(search, await asked(worker, search));
    worker.disconnect();
  };
  try {
    const count = Math.min(availableParallelism(), searches.length);
    await Promise.all(Array.from({ length: count }, work));
  } catch (error) {
    for (const worker of workers) worker.kill();
    throw error;
  }
}

function asked(worker: ChildProcess, search: Search): Promise<Found> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null): void =>
      reject(new Error(`the worker for ${search.mutant} ended with ${signal ?? String(code)}`));
    worker.once('exit', ended);
    worker.once('message', (found) => {
      worker.off('exit', ended);
      resolve(found as Found);
    });
    worker.send(search);
  });
}
