import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bench, Row } from './bench';
import { startChild } from './child-service';
import { freePort } from '@encaisse/testing';
import { residentBytes } from './resident-memory';

const MEGABYTE = 1024 * 1024;
const IDLE_MILLIS = 5000;

/** Seconds until the product alone, with its own PostgreSQL, answers that it is ready. */
async function start(dataDir: string) {
  const port = await freePort();
  const started = performance.now();
  const child = await startChild(
    'apps/all-in-one/src/main',
    {
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: '',
      LOG_LEVEL: 'warn',
      ACQUIRER_SIMULATOR_PORT: String(await freePort()),
      SMTP_SINK_PORT: String(await freePort()),
    },
    async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok,
  );
  return { child, seconds: (performance.now() - started) / 1000 };
}

function limit(measure: string, ours: number, unit: string, goal: number): Row {
  const peer = 'the limit of the goal';
  return { measure, ours, peer, peerFigure: goal, unit, ratio: ours / goal, goal: { atMost: 1 } };
}

/** From the command to ready, on an empty folder and on kept data; and what it then holds in memory. */
export const startBench: Bench = {
  name: 'start',
  run: async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-bench-start-'));
    try {
      const first = await start(dataDir);
      await first.child.stop();
      const kept = await start(dataDir);
      await wait(IDLE_MILLIS);
      const idle = residentBytes(kept.child.pid) / MEGABYTE;
      await kept.child.stop();
      return [
        limit('start, first time', first.seconds, 's', 20),
        limit('start, kept data', kept.seconds, 's', 8),
        limit('memory, all-in-one process, idle', idle, 'MB', 250),
      ];
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};
