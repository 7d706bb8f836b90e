import {
  type HeldWork,
  type Lease,
  type Leases,
  underLease,
  untilEnded,
} from '@encaisse/platform/leases';
import type { Logger } from './logger';

/** Something of a context that runs beside requests: a socket, a watcher, a settling loop. */
export type Worker = {
  readonly name: string;
  /** In one copy of the service at a time, under a lease. It is then started again after a stop. */
  readonly isExclusive?: boolean;
  /** An exclusive worker does in turns whatever appends, so that nothing is appended after its lease. */
  start(turn: Turn): Promise<void>;
  stop(): Promise<void>;
};

/** Does something under the lease of a worker, until it resolves. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** The turns of a worker that needs no lease. */
const FREE_TURN: Turn = (work) => work();

function turnUnder(lease: Lease): Turn {
  return (work) => underLease(lease, work);
}

/** Starts the workers once read models follow the log, stops them in reverse order. */
export class Workers {
  private readonly workers: Worker[] = [];
  private readonly ends: (() => Promise<void>)[] = [];

  constructor(
    private readonly logger: Logger,
    private readonly leases: Pick<Leases, 'hold'>,
  ) {}

  register(worker: Worker): void {
    this.workers.push(worker);
  }

  async start(): Promise<void> {
    for (const worker of this.workers) {
      if (worker.isExclusive === true) await this.startWhereHeld(worker);
      else {
        await worker.start(FREE_TURN);
        this.ends.push(() => this.stopOne(worker));
      }
    }
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  /** Resolves once it runs here, or another copy was seen to have it. Throws what its start threw. */
  private async startWhereHeld(worker: Worker): Promise<void> {
    let held: HeldWork | undefined;
    const firstStart = new Promise<void>((resolve, reject) => {
      held = this.leases.hold(`worker.${worker.name}`, async (lease) => {
        try {
          await worker.start(turnUnder(lease));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
        resolve();
        await untilEnded(lease);
        await this.stopOne(worker);
      });
      void held.firstTry.then((isGot) => {
        if (!isGot) resolve();
      });
    });
    this.ends.push(async () => held?.stop());
    await firstStart;
  }

  private async stopOne(worker: Worker): Promise<void> {
    try {
      await worker.stop();
    } catch (error) {
      this.logger.error(
        { worker: worker.name, error: (error as Error).message },
        'a worker did not stop cleanly',
      );
    }
  }
}
