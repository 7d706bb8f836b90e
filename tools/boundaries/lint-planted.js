'use strict';
// Lints texts as if they stood in the files they name: `[{ file, text }]` on the standard input; on the
// standard output the rules broken by each, and the tags the table of boundaries speaks of. A process of its own, since the configuration of ESLint
// is an ES module and the rule of boundaries must find the project graph of this moment.
process.env.NX_DAEMON = 'false';
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const RULE = '@nx/enforce-module-boundaries';

async function readInput() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

/**
 * The linter as it is configured for a file, but for circles: an import that is forbidden by the table
 * and closes a circle too would be told as the circle alone.
 */
async function linterFor(file) {
  const { ESLint } = require('eslint');
  const { disableTypeChecked } = require('typescript-eslint').configs;
  const { rules } = await new ESLint({ cwd: ROOT }).calculateConfigForFile(join(ROOT, file));
  const [severity, options] = rules[RULE] ?? ['off'];
  const withoutCircles = [severity, { ...options, ignoredCircularDependencies: [['*', '*']] }];
  // A planted file is in no TypeScript program; the rules under test need no types.
  const overrideConfig = [disableTypeChecked, { rules: { [RULE]: withoutCircles } }];
  return {
    eslint: new ESLint({ cwd: ROOT, overrideConfig }),
    table: options?.depConstraints ?? [],
  };
}

async function main() {
  const planted = await readInput();
  const { createProjectGraphAsync } = require('@nx/devkit');
  await createProjectGraphAsync({ exitOnError: false });
  const code = await linterFor('libs/kernel/src/index.ts');
  const spec = await linterFor('libs/kernel/src/money.unit.spec.ts');
  const findings = [];
  for (const { file, text } of planted) {
    const { eslint } = file.endsWith('.spec.ts') ? spec : code;
    const [result] = await eslint.lintText(text, { filePath: join(ROOT, file) });
    findings.push(result.messages.map(({ ruleId, message }) => ({ rule: ruleId, message })));
  }
  const sourceTags = code.table.map(({ sourceTag }) => sourceTag);
  process.stdout.write(JSON.stringify({ findings, sourceTags }));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
