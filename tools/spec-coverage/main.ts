import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Coverage, coverageOf, requirementIds, type TestResult } from './coverage';
import { LATER } from './later';

const ROOT = process.cwd();
const RESULTS = join(ROOT, '.test-results', 'jest.json');

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
};

function tell(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** What the last whole run reported; runs the tests first when it is absent or asked to. */
function lastResults(isRunAsked: boolean): TestResult[] {
  if (isRunAsked || !existsSync(RESULTS)) {
    tell('running the tests first: their last results are missing or a run was asked for');
    spawnSync(process.execPath, [join(ROOT, 'tools', 'test', 'run-tests.js')], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  const report = JSON.parse(readFileSync(RESULTS, 'utf8')) as Report;
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({
      file: relative(ROOT, name).split(sep).join('/'),
      title,
      status,
    })),
  );
}

function tellCoverage({ counted, covered, missing, later, onlyInParts, unknown }: Coverage): void {
  const groups = new Map<string, string[]>();
  for (const id of counted) {
    const group = id.split('-')[0] ?? '';
    groups.set(group, [...(groups.get(group) ?? []), id]);
  }
  for (const [group, ids] of groups) {
    const tests = ids.reduce((sum, id) => sum + (covered.get(id) ?? 0), 0);
    const done = ids.filter((id) => covered.has(id)).length;
    tell(`${group.padEnd(5)} ${done} of ${ids.length} requirements, ${tests} tests`);
  }
  tell('\nNot counted, they wait for a later piece:');
  for (const id of later) tell(`  ${id}  ${LATER[id] ?? ''}${covered.has(id) ? ' (tested)' : ''}`);
  if (unknown.length > 0) tell(`\nNamed by tests, unknown to the catalogue: ${unknown.join(', ')}`);
  if (missing.length > 0) tell('\nWithout a passing test that counts:');
  for (const id of missing)
    tell(`  ${id}${onlyInParts.includes(id) ? '  (named by a test of a part only)' : ''}`);
}

function main(options: readonly string[]): number {
  const catalogue = readFileSync(join(ROOT, 'docs', 'spec', 'requirements.md'), 'utf8');
  const results = lastResults(options.includes('--run'));
  const coverage = coverageOf(requirementIds(catalogue), LATER, results);
  tellCoverage(coverage);
  const isWhole = coverage.missing.length === 0;
  tell(
    `\ncovered ${coverage.counted.length - coverage.missing.length} of ${coverage.counted.length}`,
  );
  return options.includes('--check') && !isWhole ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
