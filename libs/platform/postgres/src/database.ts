import { type Pool, type PoolClient, types } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';

/** A query runner inside one transaction, or on the pool. */
export type SqlSession = {
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
};

export type DatabaseOptions = {
  readonly url: string;
  readonly applicationName: string;
  readonly poolSize?: number;
};

const { INT8, NUMERIC } = types.builtins;

/** A bigint column holds minor units, counts and positions: all safe integers by design (D14). */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint beyond 2^53: ${text}`);
  return value;
}

types.setTypeParser(INT8, safeInteger);
types.setTypeParser(NUMERIC, Number);

/**
 * The PostgreSQL of the read models and technical rows: one pool, shared by TypeORM and plain SQL.
 * Schema changes are TypeORM migrations, each with its own transaction.
 */
export class Database implements SqlSession {
  private constructor(readonly dataSource: DataSource) {}

  static async connect(
    options: DatabaseOptions,
    migrations: readonly (new () => MigrationInterface)[],
  ): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.applicationName,
      poolSize: options.poolSize ?? 10,
      migrations: [...migrations],
      migrationsTableName: 'migrations',
      schema: 'public',
      installExtensions: false,
    });
    await dataSource.initialize();
    const database = new Database(dataSource);
    database.pool.on('error', alreadyTold);
    // A connection that breaks between two statements would end the process if nobody listened; its
    // transaction fails with the next statement.
    database.pool.on('acquire', (client) => {
      if (!client.listeners('error').includes(alreadyTold)) client.on('error', alreadyTold);
    });
    await database.withAdvisoryLock('encaisse.migrations', () =>
      dataSource.runMigrations({ transaction: 'each' }),
    );
    return database;
  }

  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  async query<Row extends object = Record<string, unknown>>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, [...parameters])).rows;
  }

  /** Runs work in one transaction: committed when it resolves, rolled back when it throws. */
  async transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(sessionOf(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: unknown) => {
        failure = rollbackError as Error;
      });
      throw error;
    } finally {
      client.release(failure);
    }
  }

  /** Runs work while no other process runs work under the same name. */
  async withAdvisoryLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
      return await work();
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}

function alreadyTold(): void {
  return;
}

function sessionOf(client: PoolClient): SqlSession {
  return {
    async query<Row extends object>(sql: string, parameters: readonly unknown[] = []) {
      return (await client.query<Row>(sql, [...parameters])).rows;
    },
  };
}
