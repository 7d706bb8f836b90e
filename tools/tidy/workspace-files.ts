import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the repository. */
export const ROOT = join(__dirname, '..', '..');
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|pdf|gz|zip|dat)$/;

/** Every file that is tracked or would be, by path from the root: what a clone holds. */
export function workspaceFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const paths = listed.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
  return [...new Set(paths)].sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function sizeOf(path: string): number {
  return statSync(join(ROOT, path)).size;
}

export function isText(path: string): boolean {
  return !BINARY.test(path);
}

export function isSpec(path: string): boolean {
  return /\.spec\.ts$/.test(path);
}

/** Every place where a text breaks a rule, as `path:line`. */
export function linesMatching(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** First-level headings of a document; what stands in code blocks is no heading. */
export function firstLevelHeadings(document: string): string[] {
  const withoutCode = document.replaceAll(/^```[\s\S]*?^```/gm, '');
  return withoutCode.split('\n').filter((line) => /^# \S/.test(line));
}
