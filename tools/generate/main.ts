import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationDocument } from './configuration';
import { currencyTable } from './currencies';
import { errorsDocument } from './errors';
import { eventsDocument } from './events';
import { messagesDocument, RELEASED_SCHEMAS, releasedSchemas } from './messages';

/** Every generated file of the repository and what makes it. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'libs/kernel/src/currency-table.generated.ts': currencyTable,
  'docs/errors.md': errorsDocument,
  'docs/events.md': eventsDocument,
  'docs/messages.md': messagesDocument,
  [RELEASED_SCHEMAS]: releasedSchemas,
  'docs/configuration.md': configurationDocument,
};

/** Documents are laid out as the formatter would, so that formatting changes nothing afterwards. */
async function formatted(path: string, text: string): Promise<string> {
  const parser = path.endsWith('.md') ? 'markdown' : path.endsWith('.json') ? 'json' : null;
  if (parser === null) return text;
  const prettier = await import('prettier');
  const options = await prettier.resolveConfig(path);
  return prettier.format(text, { ...options, parser });
}

/** Writes the generated files; with `--check` only tells which ones are out of date. */
async function main(isCheck: boolean): Promise<number> {
  let stale = 0;
  for (const [path, generate] of Object.entries(GENERATED)) {
    const file = join(process.cwd(), path);
    const text = await formatted(file, generate());
    if (readOrEmpty(file) === text) continue;
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

main(process.argv.includes('--check')).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`generate: ${(error as Error).message}\n`);
    process.exitCode = 1;
  },
);
