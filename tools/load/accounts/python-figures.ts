import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { TradeFigures } from '../../demo/figures';

const SCRIPT = join('tools', 'load', 'reference_fold.py');

/** The bodies of all events in the order of their positions, a CSV row each. */
export async function exportLog(url: string, file: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const rows = client.query(
      copyTo('copy (select body from event_store.events order by position) to stdout (format csv)'),
    );
    await pipeline(rows, createWriteStream(file));
  } finally {
    await client.end();
  }
}

export function hasPython(): boolean {
  return spawnSync('python3', ['--version']).status === 0;
}

/** The figures as a program in another language folds them from an export. */
export function figuresOfPython(file: string, shopIds: readonly string[], root: string) {
  const { status, stdout, stderr } = spawnSync('python3', [join(root, SCRIPT), file, ...shopIds], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${SCRIPT} failed: ${stderr}`);
  return JSON.parse(stdout) as TradeFigures;
}
