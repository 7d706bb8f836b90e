import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { placeFault } from './restore-check';
import { differenceOf, type LogRow } from './written-log';

const ROOT = join(__dirname, '..', '..');
const MILLIS = 200_000;

describe('Restoring to instants of the past', () => {
  it(
    'L1 L6 gives the log as it was, verified, and lets it go on; loses nothing with the last segment',
    () => {
      const script = join(ROOT, 'tools', 'bin', 'run.js');
      const args = [script, 'tools/restore-check/main', '--instants', '2', '--seconds', '2'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect(stdout + stderr).toContain('3 restores, all exact');
      expect(stdout).toMatch(/RTO for \d{3,} events: p50 \d+ ms/);
      // The archive alone ends before the death of the server: the comparison does see what is missing.
      expect(stdout).toMatch(/RPO: 0 events with .*, [1-9]\d* with the archive alone/);
      expect(status).toBe(0);
    },
    MILLIS,
  );
});

describe('The comparison of a restored log', () => {
  const row = (position: number, body = `body ${position}`, leaf = 'a'): LogRow => ({
    position,
    body,
    leaf,
  });
  const source = [row(1), row(2), row(3)];

  it('takes a beginning of the log', () => {
    expect(differenceOf([row(1), row(2)], source)).toBeNull();
  });

  it.each([
    ['another body', [row(1, 'other')], 'position 1 is not what was written'],
    ['a missing event', [row(1), row(3)], 'position 3 is not what was written'],
    ['another hash', [row(1, 'body 1', 'b')], 'position 1 has another hash'],
    ['too much', [...source, row(4)], 'position 4 was never written'],
  ])('finds %s (negative control)', (_title, restored, fault) => {
    expect(differenceOf(restored, source)).toBe(fault);
  });

  it('finds a log that ends too early or too late (negative control)', () => {
    const instant = { atLeast: 10, atMost: 12, lsn: '0/1', time: '' };
    expect(placeFault(10, instant, 50)).toBeNull();
    expect(placeFault(12, instant, 50)).toBeNull();
    expect(placeFault(9, instant, 50)).toBe('it holds 9 events, and held 10 to 12');
    expect(placeFault(13, instant, 50)).toBe('it holds 13 events, and held 10 to 12');
    expect(placeFault(49, null, 50)).toBe('it holds 49 events, and held 50 to 50');
  });
});
