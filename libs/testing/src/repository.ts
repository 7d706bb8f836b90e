import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the repository, from its sources as from what is built of them. */
export const REPOSITORY = rootFolder();

function rootFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
}
