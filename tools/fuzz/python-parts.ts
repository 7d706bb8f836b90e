import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version all findings were made with; another one asks other things. */
const SCHEMATHESIS = 'schemathesis==4.32.5';

/**
 * The fuzzer's program in an environment of its own under `.cache/`, installed when it is not there.
 * Null, with the reason, where Python or its packages cannot be had.
 */
export function schemathesis(
  root: string,
): { readonly program: string } | { readonly lack: string } {
  const folder = join(root, '.cache', 'schemathesis');
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(program)) return { program };
  mkdirSync(dirname(folder), { recursive: true });
  const made = run('python3', ['-m', 'venv', folder]);
  if (made !== null) return { lack: `Python 3 with venv: ${made}` };
  const installed = run(join(folder, 'bin', 'python'), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', SCHEMATHESIS],
  ]);
  return installed === null ? { program } : { lack: `${SCHEMATHESIS} from PyPI: ${installed}` };
}

/** Null when it went well, else the last line of what it said. */
function run(command: string, parameters: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status === 0) return null;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it failed';
}
