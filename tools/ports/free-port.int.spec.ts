import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const FREE_PORT = join(__dirname, 'free-port.js');

// Plain JavaScript, so that test setups can use it before anything is compiled.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { claimPort, freePort, freePortsInARow, releasePort } = require(FREE_PORT) as {
  claimPort: (port: number) => Promise<boolean>;
  freePort: () => Promise<number>;
  freePortsInARow: (count: number, range: { from: number; below: number }) => Promise<number>;
  releasePort: (port: number) => void;
};

/** Another process that takes a port and lives on; gives the port and the way to end it. */
async function neighbour(): Promise<{ port: number; end: () => Promise<void> }> {
  const script = `require(${JSON.stringify(FREE_PORT)}).freePort().then(console.log); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(port.toString()),
    end: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('Ports of tests that run side by side', () => {
  it('are one process’s until it ends, also while nothing listens there', async () => {
    const { port, end } = await neighbour();
    const isOurs = await claimPort(port);
    await end();
    expect(isOurs).toBe(false);
    expect(await claimPort(port)).toBe(true);
    releasePort(port);
  });

  it('are given once, and not where somebody listens', async () => {
    const port = await freePort();
    expect(await claimPort(port)).toBe(false);
    releasePort(port);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await claimPort(port)).toBe(false);
    server.close();
    await once(server, 'close');
    expect(await claimPort(port)).toBe(true);
    releasePort(port);
  });

  it('come in a row beside a row that is partly taken, whose rest is left', async () => {
    const below = 11_000;
    const range = { from: below - 12, below };
    const first = await freePortsInARow(4, range);
    for (let port = first; port < first + 4; port += 1) expect(await claimPort(port)).toBe(false);
    const second = await freePortsInARow(4, range);
    expect(Math.abs(second - first)).toBeGreaterThanOrEqual(4);
    releasePort(second);
    const third = await freePortsInARow(4, range);
    expect(new Set([first, second, third]).size).toBe(3);
    await expect(freePortsInARow(4, range)).rejects.toThrow(
      'there are no 4 free ports in a row from 10988 to 10999',
    );
    expect(await claimPort(second)).toBe(true);
  });
});
