import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { currencyTable } from './currencies';

/** Every generated file of the repository and what makes it. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'libs/kernel/src/currency-table.generated.ts': currencyTable,
};

/** Writes the generated files; with `--check` only tells which ones are out of date. */
function main(isCheck: boolean): number {
  let stale = 0;
  for (const [path, generate] of Object.entries(GENERATED)) {
    const file = join(process.cwd(), path);
    const text = generate();
    const current = readOrEmpty(file);
    if (current === text) continue;
    stale += 1;
    if (isCheck) process.stdout.write(`${path} is out of date: run npm run generate\n`);
    else writeFileSync(file, text);
  }
  return isCheck && stale > 0 ? 1 : 0;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

process.exitCode = main(process.argv.includes('--check'));
