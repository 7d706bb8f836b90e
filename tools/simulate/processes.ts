import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Processes of the program `worker`, one for each core, which do one task after the other. */
export class Processes<Task extends object, Answer extends object> {
  constructor(private readonly worker: string) {}

  /** Tells each answer as it comes. A process that ends before it answered fails the whole. */
  async run(tasks: readonly Task[], tell: (task: Task, answer: Answer) => void): Promise<void> {
    const waiting = [...tasks];
    const started: ChildProcess[] = [];
    const work = async (): Promise<void> => {
      const child = fork(join(__dirname, `${this.worker}.js`), { stdio: 'inherit' });
      started.push(child);
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift())
        tell(task, await this.asked(child, task));
      child.disconnect();
    };
    try {
      const count = Math.min(availableParallelism(), tasks.length);
      await Promise.all(Array.from({ length: count }, work));
    } catch (error) {
      for (const child of started) child.kill();
      throw error;
    }
  }

  private asked(child: ChildProcess, task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void =>
        reject(new Error(`the process with ${JSON.stringify(task)} ended: ${signal ?? code}`));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer as Answer);
      });
      child.send(task);
    });
  }
}

/** The other side: does one task after the other. What goes wrong ends the process with one line. */
export function doTasks(work: (task: never) => Promise<object>): void {
  // Most errors of a simulation are refusals and outages, made by the thousand: their stacks cost more than they.
  Error.stackTraceLimit = 0;
  process.on('message', (task) => {
    work(task as never).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        process.stderr.write(`${JSON.stringify(task)}: ${(error as Error).message}\n`);
        process.exit(1);
      },
    );
  });
}
