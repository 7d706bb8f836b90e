import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lchownSync, mkdirSync, readFileSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * How the server processes run. PostgreSQL refuses to run as root; an ordinary user runs it as is,
 * root runs it in a user namespace where root's files stay its own, or else as another account.
 */
export type ServerAccount = {
  /** Words before the program: the namespace launcher, or nothing. */
  readonly launcher: readonly string[];
  /** The account to switch to, absent when the process keeps its own. */
  readonly switchTo?: { readonly uid: number; readonly gid: number };
};

const COPIES = '/var/lib/encaisse';

type PasswordEntry = { readonly name: string; readonly uid: number; readonly gid: number };

/** The accounts of the machine but root. PostgreSQL looks its own name up, so it needs one of them. */
function ordinaryAccounts(): PasswordEntry[] {
  if (!existsSync('/etc/passwd')) return [];
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  return entries.filter((entry) => entry.name !== '' && entry.uid > 0);
}

/** Chooses how to run the server on this machine. Throws one line when root has no way. */
export function chooseAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return { launcher: [] };
  const accounts = ordinaryAccounts();
  const inside = accounts.find(({ name }) => name === 'postgres') ?? accounts[0];
  if (inside !== undefined && process.env['ENCAISSE_NO_USER_NAMESPACE'] === undefined) {
    const launcher = [
      'unshare',
      '-U',
      `--map-user=${inside.uid}`,
      `--map-group=${inside.gid}`,
    ] as const;
    if (spawnSync(launcher[0], [...launcher.slice(1), 'true']).status === 0) return { launcher };
  }
  return { launcher: [], switchTo: postgresAccount(accounts) };
}

function postgresAccount(accounts: readonly PasswordEntry[]): PasswordEntry {
  const existing = accounts.find(({ name }) => name === 'postgres');
  if (existing !== undefined) return existing;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  const created = ordinaryAccounts().find(({ name }) => name === 'postgres');
  if (created !== undefined) return created;
  throw new Error(
    'PostgreSQL does not run as root, and no account named postgres exists or could be made: ' +
      'create one, run as another user, or set DATABASE_URL',
  );
}

function isOpenToOthers(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0;
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...parentsOf(parent)];
}

/** The binaries where the account can run them: in place, or copied when a parent folder is closed. */
export function reachableBinaries(native: string, version: string, account: ServerAccount): string {
  if (account.switchTo === undefined) return native;
  if (parentsOf(native).every(isOpenToOthers)) return native;
  const copy = join(COPIES, `postgresql-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(COPIES, { recursive: true, mode: 0o755 });
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    renameSync(draft, copy);
  }
  return copy;
}

/** Lets the account enter the data folder. Throws one line that names a closed parent. */
export function openDataFolder(dataDir: string, account: ServerAccount): void {
  if (account.switchTo === undefined) return;
  chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  const closed = parentsOf(dataDir).find((parent) => !isOpenToOthers(parent));
  if (closed === undefined) return;
  throw new Error(
    `The account that runs PostgreSQL cannot enter ${closed}: open it (chmod o+x ${closed}), ` +
      'choose another DATA_DIR, or set DATABASE_URL',
  );
}

/** Gives a file or a folder to the account that will run the server, also after another one ran it before. */
export function giveTo(account: ServerAccount, folder: string): void {
  if (process.getuid?.() !== 0 || !existsSync(folder)) return;
  const { uid, gid } = account.switchTo ?? { uid: 0, gid: 0 };
  if (statSync(folder).uid === uid) return;
  lchownSync(folder, uid, gid);
  if (!statSync(folder).isDirectory()) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, name), uid, gid);
  }
}

/** Removes what a first start that was cut short left behind. */
export function removeDraft(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
