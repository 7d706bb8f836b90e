'use strict';
/**
 * Parts of the tests a machine may lack. A skipped test names its part in its title or its `describe`.
 * What can be installed must not be skipped when CI=true; what cannot is told and counted.
 */
const PARTS = [
  { name: 'curl', pattern: /\bcurl\b/i, canInstall: true },
  { name: 'Java and Maven', pattern: /\b(java|maven)\b/i, canInstall: true },
  { name: 'Python 3', pattern: /\bpython\b/i, canInstall: true },
  { name: 'the peers of the benches', pattern: /peers of the benches are not/, canInstall: true },
  { name: 'a browser', pattern: /\b(chromium|browser)\b/i, canInstall: true },
  { name: 'Go', pattern: /\(needs Go\)/, canInstall: false },
  { name: 'a Docker engine', pattern: /\bdocker\b/i, canInstall: false },
  { name: 'the root account', pattern: /\broot\b/i, canInstall: false },
  { name: 'the shared reference data', pattern: /\.\.\/shared\b/, canInstall: false },
];

/** The part a skipped test lacks, null when its name tells none. */
function partOf(testName) {
  return PARTS.find(({ pattern }) => pattern.test(testName)) ?? null;
}

/**
 * The skipped tests told by part, and those that CI does not let pass: a part that could have been
 * installed, or a skip that names no part at all.
 */
function sortSkipped(testNames) {
  const byPart = new Map();
  const refused = [];
  for (const testName of testNames) {
    const part = partOf(testName);
    const partName = part?.name ?? 'no part named in the title';
    byPart.set(partName, [...(byPart.get(partName) ?? []), testName]);
    if (part === null || part.canInstall) refused.push(testName);
  }
  return { byPart, refused };
}

module.exports = { partOf, sortSkipped };
