import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { counts, coverageOf, idsOf, requirementIds } from './coverage';
import { LATER } from './later';

const CATALOGUE = readFileSync(
  join(__dirname, '..', '..', 'docs', 'spec', 'requirements.md'),
  'utf8',
);
const IDS = requirementIds(CATALOGUE);

describe('Coverage of the specification', () => {
  it('reads the 352 requirements of the catalogue', () => {
    expect(IDS).toHaveLength(352);
  });

  it.each([
    ['CASH-08 CASH-09 gives back', ['CASH-08', 'CASH-09']],
    ['CASH-08, CASH-09 and GEN-11 give back', ['CASH-08', 'CASH-09', 'GEN-11']],
    ['CASH-08: gives back', ['CASH-08']],
    ['gives back (CASH-08)', []],
    ['as CASH-08 says', []],
    ['CASH-08', ['CASH-08']],
  ])('finds the ids that begin « %s »', (title, ids) => {
    expect(idsOf(title)).toEqual(ids);
  });

  it.each([
    ['libs/ledger/domain/src/transaction/sending.unit.spec.ts', true],
    ['libs/backoffice/feature/src/journal/journal.int.spec.ts', true],
    ['apps/all-in-one/src/payments.e2e.spec.ts', true],
    ['libs/kernel/src/money.unit.spec.ts', false],
    ['libs/backoffice/feature/src/statistics/statistics.unit.spec.ts', false],
    ['tools/tidy.spec.ts', false],
  ])('knows whether a test of %s counts', (file, isCounted) => {
    expect(counts(file)).toBe(isCounted);
  });

  it('counts an id through a passed test only, and leaves later pieces out', () => {
    const decider = 'libs/ledger/domain/src/a.unit.spec.ts';
    const coverage = coverageOf(
      ['GEN-01', 'GEN-02', 'GEN-03', 'CASH-21', 'PNF-01'],
      { 'CASH-21': 'later' },
      [
        { file: decider, title: 'GEN-01 holds', status: 'passed' },
        { file: decider, title: 'GEN-02 fails', status: 'failed' },
        { file: 'libs/kernel/src/b.unit.spec.ts', title: 'GEN-03 holds', status: 'passed' },
        { file: decider, title: 'CASH-99 is no requirement', status: 'passed' },
      ],
    );
    expect(coverage).toEqual({
      counted: ['GEN-01', 'GEN-02', 'GEN-03'],
      covered: new Map([
        ['GEN-01', 1],
        ['CASH-99', 1],
      ]),
      missing: ['GEN-02', 'GEN-03'],
      later: ['CASH-21'],
      onlyInParts: ['GEN-03'],
      unknown: ['CASH-99'],
    });
  });

  it('tells nothing as later that is no requirement', () => {
    expect(Object.keys(LATER).filter((id) => !IDS.includes(id))).toEqual([]);
  });
});
