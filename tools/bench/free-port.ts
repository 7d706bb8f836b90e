import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which the machine gives connections a port of their own. */
const FIRST = 28_000;
const COUNT = 4_700;

/** A TCP port nobody listens on right now, and that no connection is given meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + randomInt(COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
