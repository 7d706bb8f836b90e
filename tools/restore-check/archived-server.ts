import { chmodSync, cpSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { PostgresVictim } from '../torture/world/postgres-victim';

/** Where to stop the recovery: at a place of the write-ahead log, or at an instant. */
export type RecoveryTarget =
  | { readonly kind: 'lsn'; readonly value: string }
  | { readonly kind: 'time'; readonly value: string }
  | { readonly kind: 'end' };

const ARCHIVE_DEADLINE_MS = 60_000;
/** What a base backup leaves behind: it belongs to the running server, or is in the archive. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const EMPTY_FOLDERS = [
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'],
  ...['pg_stat_tmp', 'pg_subtrans', 'pg_wal/archive_status', 'pg_wal/summaries'],
] as const;

/** A server whose write-ahead log is archived as it is written, and what is restored from it. */
export class ArchivedServer {
  private constructor(
    private readonly folder: string,
    readonly archive: string,
    readonly server: PostgresVictim,
  ) {}

  static async start(folder: string): Promise<ArchivedServer> {
    const archive = openFolder(join(folder, 'archive'));
    const server = await PostgresVictim.start({
      dataDir: openFolder(join(folder, 'primary')),
      settings: {
        archive_mode: 'on',
        archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
        wal_level: 'replica',
        max_wal_size: '256MB',
      },
    });
    return new ArchivedServer(folder, archive, server);
  }

  /** Copies the files of the running server between the two calls that make the copy consistent. */
  async baseBackup(): Promise<string> {
    const target = openFolder(join(this.folder, 'base'));
    const client = new Client({ connectionString: this.server.url() });
    await client.connect();
    try {
      await client.query("select pg_backup_start('restore-check', true)");
      copyCluster(this.server.cluster, target);
      const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>(
        'select labelfile, spcmapfile from pg_backup_stop(false)',
      );
      writeFileSync(join(target, 'backup_label'), rows[0]!.labelfile);
      if (rows[0]!.spcmapfile.trim() !== '')
        writeFileSync(join(target, 'tablespace_map'), rows[0]!.spcmapfile);
      return target;
    } finally {
      await client.end();
    }
  }

  /** Waits until everything written before now is in the archive. */
  async archiveNow(): Promise<void> {
    const client = new Client({ connectionString: this.server.url() });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        'select pg_walfile_name(pg_switch_wal()) as name',
      );
      const deadline = performance.now() + ARCHIVE_DEADLINE_MS;
      while (!existsSync(join(this.archive, rows[0]!.name))) {
        if (performance.now() > deadline) throw new Error(`${rows[0]!.name} was not archived`);
        await wait(50);
      }
    } finally {
      await client.end();
    }
  }

  /** What survived on the disk of a dead server: with it nothing acknowledged is missing. */
  saveTail(): void {
    const folder = join(this.server.cluster, 'pg_wal');
    for (const name of readdirSync(folder).filter((one) => /^[0-9A-F]{24}$/.test(one))) {
      const target = join(this.archive, name);
      if (!existsSync(target)) copyFileSync(join(folder, name), target);
    }
  }

  /** A new server on a copy of the base backup, recovered up to the target and open for writing. */
  async restore(base: string, name: string, target: RecoveryTarget): Promise<PostgresVictim> {
    const dataDir = openFolder(join(this.folder, name));
    const cluster = join(dataDir, 'postgresql');
    cpSync(base, cluster, { recursive: true });
    chmodSync(cluster, 0o700);
    const password = 'postgresql.password';
    copyFileSync(join(this.folder, 'primary', password), join(dataDir, password));
    writeFileSync(join(cluster, 'recovery.signal'), '');
    const server = await PostgresVictim.start({
      dataDir,
      settings: {
        restore_command: `cp ${this.archive}/%f %p`,
        recovery_target_action: 'promote',
        archive_mode: 'off',
        ...(target.kind === 'end' ? {} : { [`recovery_target_${target.kind}`]: target.value }),
      },
    });
    await untilPromoted(server);
    return server;
  }
}

function openFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  // The account that the server runs as may be another one than ours.
  chmodSync(path, 0o777);
  return path;
}

/** Files that disappear while they are copied belong to work that the log will do again. */
function copyCluster(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (LEFT_OUT.has(name)) continue;
    cpSync(join(from, name), join(to, name), {
      recursive: true,
      filter: (path) => !/^(pgsql_tmp|t\d+_)/.test(basename(path)) && existsSync(path),
    });
  }
  for (const name of EMPTY_FOLDERS) mkdirSync(join(to, name), { recursive: true, mode: 0o700 });
}

async function untilPromoted(server: PostgresVictim): Promise<void> {
  for (;;) {
    const client = new Client({ connectionString: server.url() });
    try {
      await client.connect();
      const { rows } = await client.query<{ waits: boolean }>(
        'select pg_is_in_recovery() as waits',
      );
      if (!rows[0]!.waits) return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== '57P03' && code !== 'ECONNREFUSED') throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await wait(20);
  }
}
