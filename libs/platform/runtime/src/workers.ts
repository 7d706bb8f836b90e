import type { Logger } from './logger';

/** Something of a context that runs beside requests: a socket, a watcher, a settling loop. */
export type Worker = {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the workers once read models follow the log, stops them in reverse order. */
export class Workers {
  private readonly workers: Worker[] = [];
  private started: Worker[] = [];

  constructor(private readonly logger: Logger) {}

  register(worker: Worker): void {
    this.workers.push(worker);
  }

  async start(): Promise<void> {
    for (const worker of this.workers) {
      await worker.start();
      this.started.push(worker);
    }
  }

  async stop(): Promise<void> {
    for (const worker of [...this.started].reverse()) {
      try {
        await worker.stop();
      } catch (error) {
        this.logger.error(
          { worker: worker.name, error: (error as Error).message },
          'a worker did not stop cleanly',
        );
      }
    }
    this.started = [];
  }
}
