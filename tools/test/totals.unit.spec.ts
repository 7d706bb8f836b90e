import { createRequire } from 'node:module';
import { join } from 'node:path';

type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
};
const load = createRequire(__filename);
const { sortSkipped } = load('./parts.js') as {
  sortSkipped(
    this: void,
    names: readonly string[],
  ): {
    readonly byPart: ReadonlyMap<string, readonly string[]>;
    readonly refused: readonly string[];
  };
};
const { countsOf } = load('./jest-runner.js') as {
  countsOf(this: void, report: object, isFiltered: boolean): Counts;
};

const ROOT = join(__dirname, '..', '..');

function report(statuses: readonly string[]): object {
  return {
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: statuses.filter((status) => status === 'failed').length,
    numRuntimeErrorTestSuites: 1,
    testResults: [
      {
        name: join(ROOT, 'libs/kernel/src/money.unit.spec.ts'),
        assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
      },
    ],
  };
}

describe('Totals of a test run', () => {
  it('count a file that could not be loaded as a failure, and name what was skipped', () => {
    expect(countsOf(report(['passed', 'failed', 'pending', 'todo']), false)).toEqual({
      passed: 1,
      failed: 2,
      skipped: [
        'test 2 (libs/kernel/src/money.unit.spec.ts)',
        'test 3 (libs/kernel/src/money.unit.spec.ts)',
      ],
    });
  });

  it('do not take what a filter by name left out for skipped', () => {
    expect(countsOf(report(['passed', 'pending']), true).skipped).toEqual([]);
  });

  it('tell skipped tests by the part their machine lacks', () => {
    const { byPart } = sortSkipped([
      'reads a file (skipped: Maven is absent)',
      'meets published values (skipped: ../shared/vectors is absent)',
      'opens the page (skipped: no chromium)',
      'is skipped without a word',
    ]);
    expect(Object.fromEntries(byPart)).toEqual({
      'Java and Maven': ['reads a file (skipped: Maven is absent)'],
      'the shared reference data': [
        'meets published values (skipped: ../shared/vectors is absent)',
      ],
      'a browser': ['opens the page (skipped: no chromium)'],
      'no part named in the title': ['is skipped without a word'],
    });
  });

  it('refuse in continuous integration what could be installed, or names no part', () => {
    const { refused } = sortSkipped([
      'reads a file (skipped: Maven is absent)',
      'meets published values (skipped: ../shared/vectors is absent)',
      'starts a broker (skipped: no Docker engine)',
      'is skipped without a word',
    ]);
    expect(refused).toEqual([
      'reads a file (skipped: Maven is absent)',
      'is skipped without a word',
    ]);
  });
});
