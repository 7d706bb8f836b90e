import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { tortureProduct } from './product-torture';
import { laboratoryFolder } from './world/postgres-victim';

const ROOT = join(__dirname, '..', '..');
const STORE_MILLIS = 240_000;
const PRODUCT_MILLIS = 360_000;

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = laboratoryFolder('torture-spec');
  try {
    return await work(folder.path);
  } finally {
    folder.remove();
  }
}

/** As an operator runs it, in a process of its own. */
function command(...options: readonly string[]): { status: number | null; output: string } {
  const script = join(ROOT, 'tools', 'bin', 'run.js');
  const args = [script, 'tools/torture/main', '--workload', 'store', '--pauses', '0', ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('Killing the database server under the store', () => {
  it(
    'L1 L2 loses nothing acknowledged and doubles nothing',
    () => {
      const { status, output } = command('--kills', '4', '--seconds', '8');
      expect(output).toMatch(/postgres: [2-4] kills/);
      expect(output).toMatch(/[1-9]\d{2,} appends acknowledged, 0 lost/);
      expect([status, output]).toEqual([0, expect.stringContaining('kept')]);
    },
    STORE_MILLIS,
  );

  it(
    'is seen to lose where acknowledgements do not wait for the disk (negative control)',
    () => {
      const { status, output } = command('--control', '--kills', '6', '--seconds', '8');
      expect(output).toMatch(/appends acknowledged, [1-9]\d* lost/);
      expect(status).toBe(0);
    },
    STORE_MILLIS,
  );
});

describe('Killing the product and its database under load', () => {
  it(
    'L1 L3 M1 M2 M6 keeps every account exactly',
    async () => {
      jest.requireActual<{ build(): void }>(join(process.cwd(), 'tools/build/build.js')).build();
      const report = await inFolder((folder) =>
        tortureProduct({
          folder,
          targets: ['postgres', 'authorization'],
          arrangement: 'together',
          kills: 4,
          seconds: 8,
          clients: 6,
          seed: 5,
          pausePercent: 0,
          pauseMillis: 0,
          say: () => undefined,
        }),
      );
      expect(report.faults).toEqual({
        lost: [],
        doubled: [],
        altered: [],
        contradicted: [],
        unasked: [],
        unsettled: [],
      });
      expect(report.otherFaults).toEqual([]);
      expect(report.commands.some(({ unknownSince }) => unknownSince !== null)).toBe(true);
      expect(report.commands.length).toBeGreaterThan(50);
    },
    PRODUCT_MILLIS,
  );
});
