import { posix } from 'node:path';
import { isSpec, textOf } from './workspace-files';

const IMPORT =
  /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\brequire\(\s*|\brequire\.resolve\(\s*)['"]([^'"]+)['"]/g;
/** A file that runs in a process of its own is named by a text that ends with its name. */
const NAMED = /['"`/]([a-z0-9.-]+?)(?:\.[jt]s)?['"`]/g;

function candidates(path: string): string[] {
  return [path, `${path}.ts`, `${path}.js`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')];
}

function resolved(from: string, module: string, files: ReadonlySet<string>): string | null {
  const alias = /^@encaisse\/(.+)$/.exec(module);
  if (alias) return `libs/${alias[1] ?? ''}/src/index.ts`;
  if (!module.startsWith('.')) return null;
  const path = posix.join(posix.dirname(from), module);
  return candidates(path).find((candidate) => files.has(candidate)) ?? null;
}

function byBaseName(files: readonly string[]): ReadonlyMap<string, string[]> {
  const named = new Map<string, string[]>();
  for (const file of files) {
    const name = posix.basename(file).replace(/\.[jt]s$/, '');
    named.set(name, [...(named.get(name) ?? []), file]);
  }
  return named;
}

/** The code files that can be reached from the given ones by imports, or by their name in a text. */
export function reachable(codeFiles: readonly string[], from: readonly string[]): Set<string> {
  const files = new Set(codeFiles);
  const names = byBaseName(codeFiles.filter((file) => !isSpec(file)));
  const reached = new Set<string>();
  const waiting = [...from];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file) || !files.has(file)) continue;
    reached.add(file);
    const text = textOf(file);
    for (const [, module = ''] of text.matchAll(IMPORT)) {
      const target = resolved(file, module, files);
      if (target !== null) waiting.push(target);
    }
    for (const [, name = ''] of text.matchAll(NAMED)) {
      const [only, ...others] = names.get(name) ?? [];
      if (only !== undefined && others.length === 0) waiting.push(only);
    }
  }
  return reached;
}
