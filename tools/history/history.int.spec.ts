import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const MILLIS = 200_000;
const folder = mkdtempSync(join(tmpdir(), 'encaisse-history-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As an operator runs it, in a process of its own. */
function history(...options: readonly string[]): { status: number | null; output: string } {
  const script = join(ROOT, 'tools', 'bin', 'run.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, 'tools/history/main', ...options],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

describe('Histories of concurrent clients under kills', () => {
  it.each(['append', 'bank', 'stream'])(
    'L2 L3 fit one order that agrees with time: %s',
    (profile) => {
      const { status, output } = history(
        ...['--profile', profile, '--seconds', '4', '--kills', '2', '--out', folder],
      );
      expect(output).toMatch(new RegExp(`${profile}: \\d{2,} operations, .* 0 anomalies`));
      expect(status).toBe(0);
      const written = readFileSync(join(folder, `${profile}.edn`), 'utf8');
      expect(written).toMatch(/^\{:index 0, :type :invoke, /);
      expect(existsSync(join(folder, `${profile}.jsonl`))).toBe(true);
    },
    MILLIS,
  );

  it.each([
    ['a store without version check', 'append', 'unchecked', 'lost-update'],
    ['a store without version check', 'bank', 'unchecked', 'wrong-total'],
    ['a store that answers with what it read before', 'append', 'stale', 'strict'],
    ['a store that writes streams one after the other', 'bank', 'torn', 'wrong-total'],
  ])(
    '%s is found out: %s %s (negative control)',
    (_title, profile, variant, anomaly) => {
      const { status, output } = history(
        ...['--profile', profile, '--seconds', '5', '--kills', '0', '--variant', variant],
      );
      expect(output).toContain(anomaly);
      expect([status, output]).toEqual([0, expect.stringContaining('the control was found')]);
    },
    MILLIS,
  );
});
