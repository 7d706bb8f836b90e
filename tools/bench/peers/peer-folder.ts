import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Measured in these versions. Installed on demand, apart from the project, which depends on none. */
const PEERS: Readonly<Record<string, string>> = {
  '@event-driven-io/emmett': '0.42.0',
  '@event-driven-io/emmett-postgresql': '0.42.0',
  '@eventide/message-db': '1.3.1',
};

const run = promisify(execFile);

/** The folder the peers are in, installed by npm with the first call. Throws when npm cannot. */
export async function peerFolder(say: (text: string) => void): Promise<string> {
  const folder = join(process.cwd(), '.cache', 'bench-peers');
  const isThere = Object.keys(PEERS).every((name) =>
    existsSync(join(folder, 'node_modules', ...name.split('/'), 'package.json')),
  );
  if (isThere) return folder;
  say('installing the peers into .cache/bench-peers');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const names = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
  await run('npm', ['install', '--no-audit', '--no-fund', ...names], { cwd: folder });
  return folder;
}

/** Loads a package of the folder; who asks knows its shape. */
export function requirePeer(folder: string, name: string): unknown {
  return createRequire(join(folder, 'package.json'))(name);
}
