#!/usr/bin/env node
'use strict';
// `npm run check`: what CI asks of a change, each part with its name and duration.
//   --no-tests      leaves the tests out, but for the two that watch the workspace itself
//   --only a,b      runs the named parts
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
// Without its daemon Nx computes the project graph anew: the rule of boundaries never sees an old one.
const ENVIRONMENT = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };

function node(script, ...options) {
  return () => run(process.execPath, [join(ROOT, script), ...options]);
}

function run(command, options) {
  const { status, error } = spawnSync(command, options, {
    cwd: ROOT,
    env: ENVIRONMENT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) process.stdout.write(`${command}: ${error.message}\n`);
  return status === 0;
}

/** A lock file that lacks packages of another platform installs here and fails elsewhere. */
function lockFileIsComplete() {
  const { stdout, stderr, status } = spawnSync('npm', ['ci', '--dry-run', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = `${stdout}\n${stderr}`;
  const missing = said.split('\n').filter((line) => line.includes('Missing:'));
  for (const line of missing) process.stdout.write(`${line}\n`);
  if (status !== 0 && missing.length === 0) process.stdout.write(said);
  return status === 0 && missing.length === 0;
}

const PARTS = [
  ['format', node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')],
  ['lint', node('node_modules/nx/dist/bin/nx.js', 'run', 'workspace:lint')],
  ['types', node('node_modules/ts7/bin/tsc', '--noEmit', '-p', 'tsconfig.json')],
  ['generated', node('tools/bin/run.js', 'tools/generate/main', '--check')],
  ['lock', lockFileIsComplete],
  ['tidy', node('tools/test/run-tests.js', 'tools/tidy.spec.ts', 'tools/boundaries.spec.ts')],
  ['tests', node('tools/test/run-tests.js')],
];

function chosenParts(options) {
  const all = PARTS.map(([name]) => name);
  if (options.includes('--only')) {
    const only = (options[options.indexOf('--only') + 1] ?? '').split(',');
    const unknown = only.filter((name) => !all.includes(name));
    if (unknown.length > 0)
      throw new Error(`no part named ${unknown.join(', ')}: ${all.join(', ')}`);
    return new Set(only);
  }
  // The tests hold the tidy part already.
  const without = options.includes('--no-tests') ? 'tests' : 'tidy';
  return new Set(all.filter((name) => name !== without));
}

function main(options) {
  const chosen = chosenParts(options);
  const failed = [];
  for (const [name, isFine] of PARTS) {
    if (!chosen.has(name)) continue;
    process.stdout.write(`\n== ${name}\n`);
    const startedAt = Date.now();
    if (!isFine()) failed.push(name);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`== ${name}: ${failed.includes(name) ? 'FAILED' : 'ok'} (${seconds} s)\n`);
  }
  const verdict = failed.length === 0 ? 'everything is in order' : `failed: ${failed.join(', ')}`;
  process.stdout.write(`\ncheck: ${verdict}\n`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
