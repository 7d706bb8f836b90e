'use strict';
// Compiles apps/, libs/ and tools/ into dist/ with SWC. Only files newer than their output are compiled,
// so a second start costs a few milliseconds. Path aliases become relative requires: dist/ needs no loader.
const { mkdirSync, readdirSync, statSync, writeFileSync, rmSync, existsSync } = require('node:fs');
const { dirname, join, relative, sep } = require('node:path');
const swc = require('@swc/core');

const ROOT = join(__dirname, '..', '..');
const OUT = join(ROOT, 'dist');
const SOURCES = ['apps', 'libs', 'tools'];
const ALIAS = /(require\(|from\s+|import\()(["'])@encaisse\/([^"']+)\2/g;

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') yield* sourceFiles(path);
    } else if (/\.ts$/.test(entry.name) && !/\.(spec|d)\.ts$/.test(entry.name)) yield path;
  }
}

function modifiedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

const options = require('./swc-options.js');

/** Rewrites `@encaisse/x/y` to the relative path of its compiled index. */
function withRelativeAliases(code, outputFile) {
  return code.replace(ALIAS, (_all, before, quote, name) => {
    const target = join(OUT, 'libs', name, 'src', 'index.js');
    const path = relative(dirname(outputFile), target).split(sep).join('/');
    return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });
}

function build() {
  const configuredAt = Math.max(
    modifiedAt(__filename),
    modifiedAt(join(__dirname, 'swc-options.js')),
  );
  const expected = new Set();
  let compiled = 0;
  for (const folder of SOURCES) {
    for (const file of sourceFiles(join(ROOT, folder))) {
      const output = join(OUT, relative(ROOT, file)).replace(/\.ts$/, '.js');
      expected.add(output);
      if (modifiedAt(output) > Math.max(modifiedAt(file), configuredAt)) continue;
      const { code, map } = swc.transformFileSync(file, { ...options, sourceMaps: true });
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(`${output}.map`, map);
      writeFileSync(
        output,
        `${withRelativeAliases(code, output)}\n//# sourceMappingURL=${output.split(sep).at(-1)}.map\n`,
      );
      compiled += 1;
    }
  }
  removeStale(expected);
  return compiled;
}

/** A renamed source must not leave its old output behind. */
function removeStale(expected) {
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (path.endsWith('.js') && !expected.has(path)) {
        rmSync(path);
        rmSync(`${path}.map`, { force: true });
      }
    }
  };
  for (const folder of SOURCES) if (existsSync(join(OUT, folder))) walk(join(OUT, folder));
}

module.exports = { build };
if (require.main === module) {
  const compiled = build();
  process.stdout.write(`compiled ${compiled} files\n`);
}
