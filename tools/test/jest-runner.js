'use strict';
// Runs Jest once over its three projects and reads what it counted from its result file.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, rmSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, '.test-results');
const RESULTS = join(FOLDER, 'jest.json');
/** Where the whole run is kept; a run of a part is kept apart, so that figures never rest on it. */
const PARTIAL_RESULTS = join(FOLDER, 'jest-partial.json');
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const OPTIONS_OF_A_WHOLE_RUN = /^--(silent|verbose|ci|maxWorkers=.*|no-cache|colors)$/;

/** What Jest counts as pending because the caller's filter left it out is not a skip. */
function filtersByName(options) {
  return options.some((option) => /^(-t|--testNamePattern)/.test(option));
}

function countsOf(report, isFiltered) {
  const skipped = [];
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'pending' || test.status === 'todo')
        skipped.push(`${test.fullName} (${relative(ROOT, suite.name)})`);
    }
  }
  return {
    passed: report.numPassedTests,
    // A file that could not even be loaded has no failed test, yet it failed.
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: isFiltered ? [] : skipped,
  };
}

/** Runs Jest with the caller's options. Gives what passed, failed, and the names of what was skipped. */
function runJest(options) {
  const isWhole = options.every((option) => OPTIONS_OF_A_WHOLE_RUN.test(option));
  const results = isWhole ? RESULTS : PARTIAL_RESULTS;
  mkdirSync(FOLDER, { recursive: true });
  rmSync(results, { force: true });
  const hasWorkers = options.some((option) => /^(-w|--maxWorkers|-i|--runInBand)/.test(option));
  const { status } = spawnSync(
    process.execPath,
    [
      JEST,
      '--json',
      `--outputFile=${results}`,
      ...(hasWorkers ? [] : ['--maxWorkers=2']),
      ...options,
    ],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: [] };
  const counts = countsOf(JSON.parse(readFileSync(results, 'utf8')), filtersByName(options));
  // Jest can also fail as a whole, for instance in its global tear-down.
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

module.exports = { runJest, countsOf, RESULTS };
