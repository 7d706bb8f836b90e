import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, freePortsInARow, until } from '@encaisse/testing';

const ROOT = join(__dirname, '..', '..');
const PORTS_IN_A_ROW = 12;

/** The launcher as an operator starts it, without a broker. */
async function launch(dataDir: string) {
  const settings = {
    NODE_ENV: 'development',
    DATA_DIR: dataDir,
    PORT: String(await freePortsInARow(PORTS_IN_A_ROW)),
    ACQUIRER_SIMULATOR_PORT: String(await freePort()),
    SMTP_SINK_PORT: String(await freePort()),
  };
  const { TEST_DATABASE_URL: _unused, ...inherited } = process.env;
  const script = join(ROOT, 'tools', 'bin', 'run.js');
  const child = spawn(process.execPath, [script, 'tools/services/main', '--no-kafka'], {
    cwd: ROOT,
    env: { ...inherited, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives it: Ctrl-C goes to all of it.
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { pid: child.pid!, said: () => said, code };
}

const isThere = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
};

describe('Stop the services before all of them are ready', () => {
  it.each([
    ['SIGTERM to the launcher', (pid: number) => process.kill(pid, 'SIGTERM')],
    ['Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
  ])('by %s: none is left, nor their database', async (_how, tell) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'encaisse-launcher-'));
    const { pid, said, code } = await launch(dataDir);
    try {
      await until(() => said().includes('"msg":"ready"'));
      tell(pid);
      expect([await code, said()]).toEqual([0, expect.not.stringContaining('    at ')]);
      expect(isThere(pid)).toBe(false);
      expect(existsSync(join(dataDir, 'postgresql', 'postmaster.pid'))).toBe(false);
    } finally {
      if (isThere(pid)) process.kill(-pid, 'SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
