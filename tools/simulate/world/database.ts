import type { Database, SqlSession } from '@encaisse/platform/postgres';
import type { SimulatedProcess } from './machine';
import type { SimulatedServer } from './server';
import type { Transaction } from './tables';
import type { Wire } from './wire';

/** Connections of a pool: whoever finds none free waits in line. */
class Pool {
  private readonly waiting: (() => void)[] = [];

  readonly options: { readonly max: number };

  constructor(private free: number) {
    this.options = { max: free };
  }

  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}

/**
 * The database as one simulated process sees it: the product's own statements, each a round trip to the
 * simulated server, carried out there by their text.
 */
class SimulatedDatabase {
  /** A rebuild asks how large it is. */
  readonly pool: Pool;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly server: SimulatedServer,
    private readonly wire: Wire,
    poolSize: number,
  ) {
    this.pool = new Pool(poolSize);
  }

  query(sql: string, parameters: readonly unknown[] = []): Promise<readonly object[]> {
    return this.pool.use(() => this.execute(null, sql, parameters));
  }

  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    const { process, server, wire } = this;
    return this.pool.use(async () => {
      const transaction = await wire.ask(process, () => {
        server.refuseUnreachable(process);
        return server.begin(process);
      });
      const session = {
        query: (sql: string, parameters: readonly unknown[] = []) =>
          this.execute(transaction, sql, parameters),
      };
      try {
        const result = await work(session as SqlSession);
        await wire.ask(process, () => server.commit(process, transaction), true);
        return result;
      } catch (error) {
        await wire.ask(process, () => server.rollBack(transaction)).catch(() => undefined);
        throw error;
      }
    });
  }

  withAdvisoryLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const { process, server, wire } = this;
    return this.pool.use(async () => {
      await wire.ask(process, () => server.lockSession(process, name));
      try {
        return await work();
      } finally {
        await wire.ask(process, () => server.unlockSession(process, name));
      }
    });
  }

  private execute(
    transaction: Transaction | null,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<readonly object[]> {
    return this.wire.ask(this.process, () =>
      this.server.execute(this.process, transaction, sql, parameters),
    );
  }
}

/** The connections of a process, as the product's class: what it has besides is never asked for. */
export function simulatedDatabase(
  ...[process, server, wire, poolSize]: ConstructorParameters<typeof SimulatedDatabase>
): Database {
  return new SimulatedDatabase(process, server, wire, poolSize) as unknown as Database;
}
