import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countFaults } from '../torture/accounting/check-commands';
import { laboratoryFolder } from '../torture/world/postgres-victim';
import { hasPython } from './accounts/python-figures';
import { type LoadOptions, type LoadReport, runLoad } from './load-run';

const ROOT = join(__dirname, '..', '..');
const MILLIS = 200_000;
const itWithPython = hasPython() ? it : it.skip;

async function load(options: Partial<LoadOptions>): Promise<LoadReport> {
  const folder = laboratoryFolder('load-spec');
  try {
    return await runLoad({
      folder: folder.path,
      arrangement: 'together',
      seconds: 6,
      rate: 25,
      seed: 3,
      killEvery: null,
      root: ROOT,
      say: () => undefined,
      ...options,
    });
  } finally {
    folder.remove();
  }
}

beforeAll(() => {
  jest.requireActual<{ build(): void }>(join(ROOT, 'tools/build/build.js')).build();
});

describe('Load at a constant rate', () => {
  it(
    'P2 P3 L3 adds up to the same cent in the API, in SQL and in another language, with kills',
    async () => {
      const report = await load({ killEvery: 3 });
      expect(countFaults(report.faults)).toBe(0);
      expect(report.otherFaults).toEqual([]);
      expect(report.figures.filter(({ isSame }) => !isSame)).toEqual([]);
      expect(report.figures.length).toBeGreaterThan(40);
      expect(report.strokes.length).toBeGreaterThan(0);
      expect(report.commands.length).toBeGreaterThan(80);
    },
    MILLIS,
  );

  itWithPython(
    'finds one cent too much in an export (negative control; needs Python 3)',
    async () => {
      const oneCentMore = (file: string): void => {
        const lines = readFileSync(file, 'utf8').split('\n');
        // A payment to be captured later may never count; any other one does.
        const place = lines.findIndex((line) => line.includes('""authorizationOnly"":false'));
        lines[place] = lines[place]!.replace(
          /(""minor"":)(\d+)/,
          (_, name: string, digits: string) => `${name}${Number(digits) + 1}`,
        );
        writeFileSync(file, lines.join('\n'));
      };
      const report = await load({ seconds: 2, spoilExport: oneCentMore });
      const different = report.figures.filter(({ isSame }) => !isSame);
      expect(report.calculations).toEqual(['API', 'SQL', 'Python']);
      expect(different.length).toBeGreaterThan(0);
      for (const { values } of different) expect(values[0]).toBe(values[1]);
    },
    MILLIS,
  );
});
