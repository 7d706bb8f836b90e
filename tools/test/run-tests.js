#!/usr/bin/env node
'use strict';
// `npm test`: every runner one after the other, then what was skipped by name, then one line of totals.
// Options it does not know go to Jest: `npm test -- libs/ledger`, `npm test -- -t 'CASH-08'`.
const { runJest } = require('./jest-runner.js');
const { sortSkipped } = require('./parts.js');

const RUNNERS = [runJest];

function tell(line = '') {
  process.stdout.write(`${line}\n`);
}

/** Names what was skipped and why; gives how many of those CI refuses. */
function tellSkipped(testNames, isContinuousIntegration) {
  const { byPart, refused } = sortSkipped(testNames);
  for (const [part, names] of byPart) {
    tell(`\nSkipped for want of ${part}:`);
    for (const name of names) tell(`  ${name}`);
  }
  if (!isContinuousIntegration || refused.length === 0) return 0;
  tell('\nCI=true lets no test be skipped that could have been run; these count as failed:');
  for (const name of refused) tell(`  ${name}`);
  return refused.length;
}

function main(options) {
  const counts = RUNNERS.map((run) => run(options));
  const sum = (of) => counts.reduce((total, one) => total + of(one), 0);
  const skipped = counts.flatMap((one) => one.skipped);
  const refused = tellSkipped(skipped, process.env.CI === 'true');
  const failed = sum((one) => one.failed) + refused;
  const passed = sum((one) => one.passed);
  tell(`\nTests: ${passed} passed, ${failed} failed, ${skipped.length - refused} skipped`);
  return failed > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
